#include "sfu/command.hpp"

namespace greenroom::sfu {

const RoomId* room_of(const CommandBody& command) {
  return std::visit(
      [](const auto& body) -> const RoomId* {
        if constexpr (std::is_same_v<std::decay_t<decltype(body)>, GetStats>) {
          return body.room ? &*body.room : nullptr;
        } else {
          return &body.room;
        }
      },
      command);
}

const RoomId& room_of(const Event& event) {
  return std::visit([](const auto& body) -> const RoomId& { return body.room; }, event);
}

}  // namespace greenroom::sfu
