#include "load/shape.hpp"

namespace greenroom::load {
namespace {
constexpr Traffic camera{wire::MediaKind::video, 30, 2, 1000};  // 480 kbit/s
}  // namespace

Shape fanout(const Traffic& traffic, std::size_t subscribers, std::size_t check_every) {
  Shape out{fmt::format("fanout-{}", subscribers), {}, {}, subscribers, traffic.packets, traffic.packet_size};
  const std::string room = "load-fanout";
  out.first.push_back({room, "publisher", {traffic}, false, false});
  for (std::size_t i = 0; i < subscribers; ++i)
    out.plans.push_back({room, fmt::format("subscriber-{}", i), {}, true, i % check_every == 0});
  return out;
}

Shape rooms(std::size_t count, std::size_t people, std::size_t check_every) {
  Shape out{fmt::format("rooms-{}x{}", count, people),
            {},
            {},
            count * people * (people - 1) * 2,
            camera.packets,
            camera.packet_size};
  for (std::size_t r = 0; r < count; ++r)
    for (std::size_t p = 0; p < people; ++p)
      out.plans.push_back({fmt::format("load-room-{}", r),
                           fmt::format("person-{}-{}", r, p),
                           {voice, camera},
                           true,
                           (r * people + p) % check_every == 0});
  return out;
}

}  // namespace greenroom::load
