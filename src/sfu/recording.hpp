// One recording of a room and whom it takes: who has not agreed to be recorded is not among them, and no packet of
// theirs reaches the recorder. A value, of Room and of Branches.
#pragma once
#include <optional>
#include <set>
#include <string>

namespace greenroom::sfu {

inline constexpr std::size_t max_recorded_people = 5'000;  // of one recording; who comes beyond them is left out

struct Recording {
  std::string name;
  std::optional<std::set<std::string>> people = std::set<std::string>();  // user ids; none: everybody

  bool takes(const std::string& user_id) const { return !people || people->contains(user_id); }
  void add(const std::optional<std::set<std::string>>& more) {
    if (!more) return people.reset();
    if (!people) return;
    for (const auto& user_id : *more)
      if (people->size() < max_recorded_people) people->insert(user_id);
  }
};

}  // namespace greenroom::sfu
