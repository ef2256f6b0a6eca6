// The picture at any moment: tiles of people (and a shared screen, when there is one) on one canvas, updated only where
// something new is to be seen. Time only moves forward. Part of execute(), used on one thread.
#pragma once
#include <memory>

#include "base/result.hpp"
#include "media/picture.hpp"
#include "media/plan.hpp"

namespace greenroom::media {

class Scene {
 public:
  explicit Scene(const Plan& plan);
  ~Scene();
  // The picture at take second t.
  base::Result<const Picture*> at(double t);
  // Files that turned out to be unreadable on the way (their tiles show the placeholder).
  int broken() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace greenroom::media
