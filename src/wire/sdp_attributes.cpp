#include "wire/detail/sdp_attributes.hpp"

#include <span>

#include "wire/detail/sdp_words.hpp"

namespace greenroom::wire::sdp {
namespace {
using namespace detail;

std::optional<Direction> direction_named(std::string_view name) {
  if (name == "sendrecv") return Direction::sendrecv;
  if (name == "sendonly") return Direction::sendonly;
  if (name == "recvonly") return Direction::recvonly;
  if (name == "inactive") return Direction::inactive;
  return std::nullopt;
}

// ---- attributes that stand anywhere

Status read_ufrag(Shared& s, std::string_view value) {
  GREENROOM_TRY(s.ice_ufrag, word(value, "the fragment"));
  return {};
}
Status read_pwd(Shared& s, std::string_view value) {
  GREENROOM_TRY(s.ice_pwd, word(value, "the password"));
  return {};
}
Status read_ice_options(Shared& s, std::string_view value) {
  GREENROOM_TRY(s.ice_options, words(value, "options"));  // libdatachannel has "ice2,trickle" for two
  return {};
}
Status read_fingerprint(Shared& s, std::string_view value) {
  GREENROOM_TRY(auto algorithm, token(take_word(value), "the algorithm"));
  GREENROOM_TRY(auto digest, word(trimmed(value), "the fingerprint"));
  const auto is_digit = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  };
  if (!std::ranges::all_of(digest, [&](char c) { return c == ':' || is_digit(c); })) {
    return base::fail(bad, "the fingerprint is not hexadecimal");
  }
  return add(s.fingerprints, Fingerprint{std::move(algorithm), std::move(digest)});
}
Status read_setup(Shared& s, std::string_view value) {
  static constexpr std::pair<std::string_view, Setup> names[] = {{"active", Setup::active},
                                                                 {"passive", Setup::passive},
                                                                 {"actpass", Setup::actpass},
                                                                 {"holdconn", Setup::holdconn}};
  for (const auto& [name, setup] : names) {
    if (name == value) s.setup = setup;
  }
  return s.setup ? Status() : base::fail(bad, "not active, passive or actpass");
}
Status read_extmap(Shared& s, std::string_view value) {
  auto head = take_word(value);
  Extension extension;
  GREENROOM_TRY(extension.id, number<std::uint16_t>(take(head, '/'), "the identifier"));
  if (!head.empty()) {
    extension.direction = direction_named(head);
    if (!extension.direction) return base::fail(bad, "there is no such direction");
  }
  GREENROOM_TRY(extension.uri, word(take_word(value), "the URI"));
  extension.attributes = trimmed(value);
  return add(s.extensions, std::move(extension));
}

// ---- attributes of a section

Status read_mid(Section& s, std::string_view value) {
  GREENROOM_TRY(s.mid, token(value, "the mid"));
  return {};
}

template <class Holder>
Status read_candidate(Holder& s, std::string_view value) {
  Candidate c;
  GREENROOM_TRY(c.foundation, word(take_word(value), "the foundation"));
  GREENROOM_TRY(c.component, number<std::uint16_t>(take_word(value), "the component"));
  GREENROOM_TRY(c.protocol, token(take_word(value), "the transport"));
  GREENROOM_TRY(c.priority, number<std::uint32_t>(take_word(value), "the priority"));
  GREENROOM_TRY(c.address, word(take_word(value), "the address"));
  GREENROOM_TRY(c.port, number<std::uint16_t>(take_word(value), "the port"));
  if (take_word(value) != "typ") return base::fail(bad, "typ is missing");
  GREENROOM_TRY(c.type, token(take_word(value), "the type"));
  for (value = trimmed(value); !value.empty(); value = trimmed(value)) {
    if (c.extensions.size() >= max_items) return base::fail(error_too_large, "too many extensions");
    const auto name = take_word(value);
    c.extensions.emplace_back(name, take_word(value));
  }
  return add(s.candidates, std::move(c));
}

Status read_rtpmap(Section& s, std::string_view value) {
  RtpMap map;
  GREENROOM_TRY(map.payload_type, number<std::uint8_t>(take_word(value), "the payload type"));
  value = trimmed(value);
  GREENROOM_TRY(map.codec, token(take(value, '/'), "the codec"));
  GREENROOM_TRY(map.clock_rate, number<std::uint32_t>(take(value, '/'), "the clock rate"));
  if (!value.empty()) {
    GREENROOM_TRY(map.channels, number<std::uint8_t>(value, "the number of channels"));
  }
  return add(s.maps, std::move(map));
}

Status read_fmtp(Section& s, std::string_view value) {
  Format format;
  GREENROOM_TRY(format.payload_type, number<std::uint8_t>(take_word(value), "the payload type"));
  GREENROOM_TRY(format.parameters, parameters(value));
  if (format.parameters.empty()) return base::fail(bad, "no parameters");
  return add(s.format_parameters, std::move(format));
}

Status read_feedback(Section& s, std::string_view value) {
  Feedback feedback;
  const auto which = take_word(value);
  if (which != "*") {
    GREENROOM_TRY(feedback.payload_type, number<std::uint8_t>(which, "the payload type"));
  }
  GREENROOM_TRY(feedback.type, token(take_word(value), "the type"));
  feedback.parameter = trimmed(value);
  return add(s.feedback, std::move(feedback));
}

Status read_msid(Section& s, std::string_view value) {
  GREENROOM_TRY(auto msid, word(trimmed(value), "the stream"));
  return add(s.msids, std::move(msid));
}

Status read_ssrc(Section& s, std::string_view value) {
  SsrcAttribute ssrc;
  GREENROOM_TRY(ssrc.ssrc, number<std::uint32_t>(take_word(value), "the SSRC"));
  value = trimmed(value);
  const auto colon = value.find(':');
  GREENROOM_TRY(ssrc.name, token(value.substr(0, colon), "the attribute"));
  if (colon != value.npos) ssrc.value = value.substr(colon + 1);
  return add(s.ssrcs, std::move(ssrc));
}

Status read_ssrc_group(Section& s, std::string_view value) {
  SsrcGroup group;
  GREENROOM_TRY(group.semantics, token(take_word(value), "the semantics"));
  for (value = trimmed(value); !value.empty(); value = trimmed(value)) {
    if (group.ssrcs.size() >= max_items) return base::fail(error_too_large, "too many SSRCs");
    GREENROOM_TRY(const auto ssrc, number<std::uint32_t>(take_word(value), "the SSRC"));
    group.ssrcs.push_back(ssrc);
  }
  return add(s.ssrc_groups, std::move(group));
}

Status read_rid(Section& s, std::string_view value) {
  Rid rid;
  GREENROOM_TRY(rid.id, token(take_word(value), "the rid"));
  const auto way = take_word(value);
  if (way != "send" && way != "recv") return base::fail(bad, "neither send nor recv");
  rid.send = way == "send";
  rid.restrictions = trimmed(value);
  return add(s.rids, std::move(rid));
}

Result<std::vector<std::vector<std::string>>> streams(std::string_view text) {
  std::vector<std::vector<std::string>> list;
  while (!text.empty()) {
    if (list.size() >= max_items) return base::fail(error_too_large, "too many streams");
    GREENROOM_TRY(auto alternatives, tokens(take(text, ';'), "streams", ','));
    if (alternatives.empty()) return base::fail(bad, "a stream without a rid");
    list.push_back(std::move(alternatives));
  }
  if (list.empty()) return base::fail(bad, "no streams");
  return list;
}

Status read_simulcast(Section& s, std::string_view value) {
  Simulcast simulcast;
  for (value = trimmed(value); !value.empty(); value = trimmed(value)) {
    const auto way = take_word(value);
    auto& list = way == "send" ? simulcast.send : simulcast.recv;
    if ((way != "send" && way != "recv") || !list.empty()) return base::fail(bad, "neither send nor recv, or twice");
    GREENROOM_TRY(list, streams(take_word(value)));
  }
  if (simulcast.send.empty() && simulcast.recv.empty()) return base::fail(bad, "no streams");
  s.simulcast = std::move(simulcast);
  return {};
}

Status read_sctp_port(Section& s, std::string_view value) {
  GREENROOM_TRY(s.sctp_port, number<std::uint16_t>(value, "the port"));
  return {};
}
Status read_max_message_size(Section& s, std::string_view value) {
  GREENROOM_TRY(s.max_message_size, number<std::uint64_t>(value, "the size"));
  return {};
}

Status read_group(Description& d, std::string_view value) {
  Group group;
  GREENROOM_TRY(group.semantics, token(take_word(value), "the semantics"));
  GREENROOM_TRY(group.mids, tokens(value, "mids"));
  return add(d.groups, std::move(group));
}

template <class Holder>
struct Row {
  std::string_view name;
  Status (*read)(Holder&, std::string_view);
};
constexpr Row<Shared> shared_rows[] = {
    {"ice-ufrag", read_ufrag},         {"ice-pwd", read_pwd}, {"ice-options", read_ice_options},
    {"fingerprint", read_fingerprint}, {"setup", read_setup}, {"extmap", read_extmap}};
constexpr Row<Section> section_rows[] = {{"mid", read_mid},
                                         {"candidate", read_candidate<Section>},
                                         {"rtpmap", read_rtpmap},
                                         {"fmtp", read_fmtp},
                                         {"rtcp-fb", read_feedback},
                                         {"msid", read_msid},
                                         {"ssrc", read_ssrc},
                                         {"ssrc-group", read_ssrc_group},
                                         {"rid", read_rid},
                                         {"simulcast", read_simulcast},
                                         {"sctp-port", read_sctp_port},
                                         {"max-message-size", read_max_message_size}};
constexpr Row<Description> session_rows[] = {{"group", read_group}, {"candidate", read_candidate<Description>}};

struct Flag {
  std::string_view name;
  bool Section::*member;
};
constexpr Flag flags[] = {{"rtcp-mux", &Section::rtcp_mux},
                          {"rtcp-rsize", &Section::rtcp_rsize},
                          {"bundle-only", &Section::bundle_only},
                          {"end-of-candidates", &Section::end_of_candidates}};

bool set_flag(Section& s, std::string_view name) {
  for (const auto& flag : flags) {
    if (flag.name == name) return s.*flag.member = true;
  }
  return false;
}

bool set_flag(Description& d, std::string_view name) {
  if (name == "ice-lite") return d.ice_lite = true;
  if (name == "end-of-candidates") return d.end_of_candidates = true;
  return false;
}

bool set_shared_flag(Shared& shared, std::string_view name) {
  if (name == "extmap-allow-mixed") return shared.extmap_allow_mixed = true;
  const auto direction = direction_named(name);
  if (direction) shared.direction = direction;
  return direction.has_value();
}

template <class Holder>
const Row<Holder>* find_row(std::span<const Row<Holder>> rows, std::string_view name) {
  const auto found = std::ranges::find(rows, name, &Row<Holder>::name);
  return found == rows.end() ? nullptr : &*found;
}

template <class Holder>
Status read_by(std::span<const Row<Holder>> rows, Holder& holder, std::string_view name,
               std::optional<std::string_view> value) {
  if (!value && (set_shared_flag(holder, name) || set_flag(holder, name))) return {};
  if (const auto* row = find_row<Shared>(shared_rows, name)) return row->read(holder, value.value_or(""));
  if (const auto* row = find_row<Holder>(rows, name)) return row->read(holder, value.value_or(""));
  return add(holder.other, Attribute{std::string(name), value ? std::optional<std::string>(*value) : std::nullopt});
}

}  // namespace

Status detail::read_attribute(Description& session, std::string_view name, std::optional<std::string_view> value) {
  return read_by<Description>(session_rows, session, name, value);
}

Status detail::read_attribute(Section& section, std::string_view name, std::optional<std::string_view> value) {
  return read_by<Section>(section_rows, section, name, value);
}

}  // namespace greenroom::wire::sdp
