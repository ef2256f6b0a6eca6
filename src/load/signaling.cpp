#include "load/signaling.hpp"

#include <boost/json/array.hpp>
#include <charconv>

namespace greenroom::load {
namespace {
constexpr std::string_view target = "/socket.io/?EIO=4&transport=websocket";
constexpr std::string_view wanted_event = "2[\"newProducer\"";
}  // namespace

base::Result<ServerPlace> parse_server_url(std::string_view url) {
  const base::ErrorCode bad_url{base::ErrorKind::invalid, "load.bad_url"};
  constexpr std::string_view scheme = "http://";
  if (!url.starts_with(scheme)) return base::fail(bad_url, "the URL of the server is to begin with http://");
  url.remove_prefix(scheme.size());
  url = url.substr(0, url.find('/'));
  const auto colon = url.rfind(':');
  auto name = url.substr(0, colon);
  std::uint16_t port = 80;
  if (colon != url.npos) {
    const auto digits = url.substr(colon + 1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc())
      return base::fail(bad_url, "the URL's port is no number");
  }
  if (name == "localhost") name = "127.0.0.1";
  GREENROOM_TRY(const auto address, base::parse_ip(name, port));
  return ServerPlace{address, std::string(url)};
}

Signaling::Signaling(net::Loop& loop, Handlers handlers)
    : handlers_(std::move(handlers)),
      socket_(loop, {.opened = [] {},
                     .text = [this](std::string_view message) { take(message); },
                     .closed = [this](const std::string& reason) { handlers_.closed(reason); }}) {}

void Signaling::open(const ServerPlace& server) { socket_.open(server.address, server.host, std::string(target)); }

void Signaling::call(std::string_view event, boost::json::object request, Answer answer) {
  wire::socketio::Packet packet;
  packet.id = next_call_++;
  packet.payload = boost::json::array{boost::json::string(event), std::move(request)};
  calls_.emplace(*packet.id, std::move(answer));
  socket_.send("4" + wire::socketio::encode_text(packet));
}

// Engine.IO's packets by their first byte.
void Signaling::take(std::string_view message) {
  if (message.empty()) return;
  if (message[0] == '0') socket_.send("40");
  if (message[0] == '2') socket_.send("3");
  if (message[0] == '4') take_packet(message.substr(1));
}

void Signaling::take_packet(std::string_view text) {
  if (text.starts_with("2") && !text.starts_with(wanted_event)) return;
  auto assembled = assembler_.text(text);
  if (!assembled) return handlers_.closed(assembled.error().what);
  if (!*assembled) return;
  const auto& packet = **assembled;
  using enum wire::socketio::PacketType;
  if (packet.type == connect) return handlers_.ready();
  if (packet.type == connect_error) return handlers_.closed(std::string(text));
  if (packet.type == ack) return take_answer(packet);
  const auto* array = packet.payload.if_array();
  if (packet.type != event || !array || array->size() < 2 || !array->at(1).is_object()) return;
  handlers_.event("newProducer", array->at(1).get_object());
}

void Signaling::take_answer(const wire::socketio::Packet& packet) {
  auto call = packet.id ? calls_.extract(*packet.id) : decltype(calls_)::node_type();
  if (call.empty()) return;
  const auto* array = packet.payload.if_array();
  const auto* result = array && !array->empty() ? array->front().if_object() : nullptr;
  if (!result) return call.mapped()(base::fail(refused, "an answer that is no object"));
  if (const auto* error = result->if_contains("error"))
    return call.mapped()(base::fail(refused, error->is_string() ? std::string(error->get_string()) : "an error"));
  call.mapped()(*result);
}

}  // namespace greenroom::load
