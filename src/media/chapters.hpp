// The markers of a take as chapters of its episode: moments on the take's timeline become stretches that tile the
// result, from its first instant to its last. Pure.
#pragma once
#include <span>
#include <string>
#include <vector>

namespace greenroom::media {

struct TakeInput;

struct Chapter {
  double start_s = 0;
  double end_s = 0;
  std::string title;
  friend bool operator==(const Chapter&, const Chapter&) = default;
};

// On the take's timeline, by time, without ends; those outside the take are moved to its edges.
std::vector<Chapter> chapters_of(const TakeInput& take);
// For a result of this length: each ends where the next begins, what begins at one instant is one chapter, and the
// first begins at 0. Of nothing: nothing.
std::vector<Chapter> tiled(std::vector<Chapter> chapters, double duration_s);

}  // namespace greenroom::media
