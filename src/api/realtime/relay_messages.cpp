#include "api/realtime/relay_messages.hpp"

namespace greenroom::api::realtime {

namespace json = boost::json;

namespace {

// In the order of RelayMessage's alternatives.
constexpr std::array<std::string_view, std::variant_size_v<RelayMessage>> kinds{"request", "reply",    "notice",
                                                                                "left",    "rollCall", "roll"};

template <std::size_t Index = 0>
std::optional<RelayMessage> parse_as(std::string_view kind, const json::value& body) {
  if constexpr (Index == kinds.size()) {
    return std::nullopt;
  } else {
    if (kind != kinds[Index]) return parse_as<Index + 1>(kind, body);
    auto message = wire::from_json<std::variant_alternative_t<Index, RelayMessage>>(body);
    if (!message) return std::nullopt;
    return RelayMessage(*std::move(message));
  }
}

}  // namespace

std::string node_topic(std::string_view node) { return "node/" + std::string(node); }

RelayedIdentity to_relayed(const Identity& identity) {
  RelayedIdentity relayed;
  if (const auto& participant = identity.participant) {
    relayed.participant_id = participant->id;
    relayed.session_id = participant->session_id;
    relayed.name = participant->name;
    relayed.may = participant->may.list();
  }
  relayed.user_id = identity.user_id;
  relayed.workspace_id = identity.workspace_id;
  return relayed;
}

Identity to_identity(const RelayedIdentity& relayed) {
  Identity identity;
  if (relayed.participant_id) {
    identity.participant = {*relayed.participant_id, relayed.session_id, relayed.name,
                            studio::Permissions::of(relayed.may)};
  }
  identity.user_id = relayed.user_id;
  identity.workspace_id = relayed.workspace_id;
  return identity;
}

std::string print_relay_message(const RelayMessage& message) {
  return std::visit(
      [&](const auto& body) {
        return wire::print_json(json::object{{"kind", kinds[message.index()]}, {"body", wire::to_json(body)}});
      },
      message);
}

std::optional<RelayMessage> parse_relay_message(std::string_view text) {
  const auto parsed = wire::parse_json(text);
  const auto* object = parsed ? parsed->if_object() : nullptr;
  const auto* kind = object ? object->if_contains("kind") : nullptr;
  const auto* body = object ? object->if_contains("body") : nullptr;
  if (!kind || !kind->is_string() || !body) return std::nullopt;
  return parse_as(kind->get_string(), *body);
}

}  // namespace greenroom::api::realtime
