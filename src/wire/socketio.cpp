#include "wire/socketio.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>

#include "wire/json_place.hpp"

namespace greenroom::wire::socketio {
namespace {

namespace json = boost::json;
using std::size_t;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_binary(PacketType type) { return type == PacketType::binary_event || type == PacketType::binary_ack; }

// A reader over the head of a packet: <type>[<attachments>-][<namespace>,][<id>][<json>].
class Head {
 public:
  explicit Head(std::string_view text) : text_(text) {}

  std::optional<PacketType> type() {
    if (text_.empty() || text_[0] < '0' || text_[0] > '6') return {};
    const auto type = PacketType(text_[0] - '0');
    text_.remove_prefix(1);
    return type;
  }
  std::optional<std::uint64_t> number() {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc()) return {};
    text_.remove_prefix(size_t(end - text_.data()));
    return value;
  }
  bool skip(char c) {
    if (!text_.starts_with(c)) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool at_digit() const { return !text_.empty() && is_digit(text_[0]); }
  std::string name_space() {
    if (!text_.starts_with('/')) return "/";
    const auto end = std::min(text_.find(','), text_.size());
    std::string name(text_.substr(0, end));
    text_.remove_prefix(std::min(end + 1, text_.size()));
    return name;
  }
  std::string_view rest() const { return text_; }

 private:
  std::string_view text_;
};

// Names that a client library emits to its own application; from the network they are refused, as the reference does.
bool is_reserved(std::string_view event) {
  static constexpr std::array<std::string_view, 6> names = {"connect",       "connect_error", "disconnect",
                                                            "disconnecting", "newListener",   "removeListener"};
  return std::find(names.begin(), names.end(), event) != names.end();
}

bool is_event(const json::value& payload) {
  if (!payload.is_array() || payload.get_array().empty()) return false;
  const auto& name = payload.get_array()[0];
  return name.is_number() || (name.is_string() && !is_reserved(name.get_string()));
}

bool payload_fits(PacketType type, const json::value& payload) {
  switch (type) {
    case PacketType::connect:
      return payload.is_null() || payload.is_object();
    case PacketType::disconnect:
      return payload.is_null();
    case PacketType::event:
    case PacketType::binary_event:
      return is_event(payload);
    case PacketType::ack:
    case PacketType::binary_ack:
      return payload.is_array();
    case PacketType::connect_error:
      return payload.is_object() || payload.is_string();
  }
  return false;
}

base::Result<json::value> parse_payload(std::string_view text) {
  if (text.empty()) return json::value(nullptr);
  auto value = parse_json(text, depth_max);
  if (!value) return base::fail(malformed, "the payload is not JSON", value.error().what);
  return value;
}

// Recursion is bounded: a value parsed here is at most depth_max deep.
bool placeholders_fit(const json::value& value, size_t attachments);

bool placeholder_fits(const json::object& object, size_t attachments) {
  const auto* num = object.if_contains("num");
  boost::system::error_code error;
  const auto index = num ? num->to_number<std::uint64_t>(error) : attachments;
  return num && !error && index < attachments;
}

bool is_placeholder(const json::object& object) {
  const auto* mark = object.if_contains("_placeholder");
  return mark && mark->is_bool() && mark->get_bool();
}

bool placeholders_fit(const json::value& value, size_t attachments) {
  const auto inner = [&](const json::value& v) { return placeholders_fit(v, attachments); };
  if (const auto* array = value.if_array()) return std::all_of(array->begin(), array->end(), inner);
  const auto* object = value.if_object();
  if (!object) return true;
  if (is_placeholder(*object)) return placeholder_fits(*object, attachments);
  return std::all_of(object->begin(), object->end(), [&](const auto& member) { return inner(member.value()); });
}

base::Result<size_t> parse_attachment_count(PacketType type, Head& head) {
  if (!is_binary(type)) return 0;
  const auto count = head.number();
  if (!count || !head.skip('-')) return base::fail(malformed, "a binary packet without its attachment count");
  if (*count > attachments_max) return base::fail(malformed, "too many attachments");
  return size_t(*count);
}

base::Result<Packet> parse_head(Head& head, size_t& attachments) {
  Packet packet;
  const auto type = head.type();
  if (!type) return base::fail(malformed, "unknown packet type");
  packet.type = *type;
  GREENROOM_TRY(attachments, parse_attachment_count(*type, head));
  packet.name_space = head.name_space();
  if (packet.name_space.size() > name_space_max) return base::fail(malformed, "the namespace's name is too long");
  if (head.at_digit() && !(packet.id = head.number())) return base::fail(malformed, "the id is too large");
  return packet;
}

base::Result<Packet> parse(std::string_view message, size_t& attachments) {
  Head head(message);
  GREENROOM_TRY(auto packet, parse_head(head, attachments));
  GREENROOM_TRY(packet.payload, parse_payload(head.rest()));
  if (!payload_fits(packet.type, packet.payload)) return base::fail(malformed, "the payload does not fit the type");
  if (is_binary(packet.type) && !placeholders_fit(packet.payload, attachments)) {
    return base::fail(malformed, "a placeholder without attachment");
  }
  return packet;
}

PacketType wire_type(const Packet& packet) {
  if (packet.attachments.empty()) return packet.type;
  if (packet.type == PacketType::event) return PacketType::binary_event;
  if (packet.type == PacketType::ack) return PacketType::binary_ack;
  return packet.type;
}

}  // namespace

json::object placeholder(size_t attachment) { return {{"_placeholder", true}, {"num", attachment}}; }

std::string encode_text(const Packet& packet) {
  std::string out(1, char('0' + int(wire_type(packet))));
  if (is_binary(wire_type(packet))) out += std::to_string(packet.attachments.size()) + '-';
  if (packet.name_space != "/") out += packet.name_space + ',';
  if (packet.id) out += std::to_string(*packet.id);
  if (!packet.payload.is_null()) out += json::serialize(packet.payload);
  return out;
}

base::Result<std::optional<Packet>> Assembler::text(std::string_view message) {
  if (missing_ > 0) return base::fail(malformed, "text where an attachment was due");
  GREENROOM_TRY(auto packet, parse(message, missing_));
  if (missing_ == 0) return std::optional(std::move(packet));
  pending_ = std::move(packet);
  bytes_ = 0;
  return std::nullopt;
}

base::Result<std::optional<Packet>> Assembler::binary(std::string attachment) {
  if (missing_ == 0) return base::fail(malformed, "an attachment that belongs to no packet");
  bytes_ += attachment.size();
  if (bytes_ > attachment_bytes_max) return base::fail(malformed, "attachments too large");
  pending_.attachments.push_back(std::move(attachment));
  if (--missing_ > 0) return std::nullopt;
  return std::optional(std::exchange(pending_, Packet{}));
}

}  // namespace greenroom::wire::socketio
