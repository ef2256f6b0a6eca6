// Reading session descriptions. One function a kind of line, one row of a table an attribute.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <span>

#include "wire/sdp.hpp"

namespace greenroom::wire::sdp {
namespace {

using base::Result;
using base::Status;

constexpr base::ErrorCode bad = error_malformed;

// ---- words of a line

std::string_view take(std::string_view& rest, char separator = ' ') {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto word = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return word;
}

// Several spaces in a row count as one: some stacks write them.
std::string_view take_word(std::string_view& rest) {
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return take(rest);
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

template <class T>
Result<T> number(std::string_view text, std::string_view what) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return base::fail(bad, fmt::format("{} is not a number that fits", what));
  }
  return value;
}

Result<std::string> word(std::string_view text, std::string_view what) {
  if (text.empty()) return base::fail(bad, fmt::format("{} is missing", what));
  return std::string(text);
}

// RFC 8866 §9 token: what names are made of.
bool is_token(std::string_view text) {
  constexpr std::string_view marks = "!#$%&'*+-.^_`{|}~";
  return !text.empty() && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || marks.find(c) != marks.npos;
  });
}

Result<std::string> token(std::string_view text, std::string_view what) {
  if (!is_token(text)) return base::fail(bad, fmt::format("{} is missing or has other characters than a token", what));
  return std::string(text);
}

template <class T>
Status add(std::vector<T>& list, T value) {
  if (list.size() >= max_attributes) return base::fail(error_too_large, "too many of these");
  list.push_back(std::move(value));
  return {};
}

Result<std::vector<std::string>> tokens(std::string_view text, std::string_view what, char separator = ' ') {
  std::vector<std::string> list;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    if (list.size() >= max_items) return base::fail(error_too_large, fmt::format("too many {}", what));
    GREENROOM_TRY(auto one, token(take(text, separator), what));
    list.push_back(std::move(one));
  }
  return list;
}

Result<std::vector<std::string>> words(std::string_view text, std::string_view what) {
  std::vector<std::string> list;
  for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
    if (list.size() >= max_items) return base::fail(error_too_large, fmt::format("too many {}", what));
    list.emplace_back(take_word(text));
  }
  return list;
}

// "a=1;b;c=x" and, of candidates, "raddr 1.2.3.4 rport 5".
Result<Pairs> parameters(std::string_view text) {
  Pairs pairs;
  while (!text.empty()) {
    auto one = trimmed(take(text, ';'));
    if (one.empty()) continue;
    if (pairs.size() >= max_items) return base::fail(error_too_large, "too many parameters");
    const auto equals = std::min(one.find('='), one.size());
    const auto value = equals < one.size() ? one.substr(equals + 1) : std::string_view();
    const auto name = one.substr(0, equals);
    if (name.empty() || name.ends_with(' ')) return base::fail(bad, "a parameter without a name");
    pairs.emplace_back(name, value);
  }
  return pairs;
}

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

// ---- lines

class Parser {
 public:
  explicit Parser(bool fragment) : fragment_(fragment) {}

  Result<Description> run(std::string_view text) {
    if (text.size() > max_bytes) return base::fail(error_too_large, "the description is too long");
    for (std::size_t n = 1; !text.empty(); ++n) {
      auto line = take(text, '\n');
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (line.empty()) continue;
      if (auto status = read(line); !status) {
        const auto& error = status.error();
        return base::fail(error.code, fmt::format("line {}: {}: {}", n, name_of(line), error.what));
      }
    }
    GREENROOM_CHECK_OK(finish());
    return std::move(description_);
  }

 private:
  // The beginning of a line, as far as it is fit to be shown.
  static std::string_view name_of(std::string_view line) {
    const auto end = std::ranges::find_if(line, [](char c) { return c == ':' || c == ' ' || c < 0x21 || c > 0x7e; });
    return line.substr(0, std::min<std::size_t>(std::size_t(end - line.begin()), 32));
  }

  Status read(std::string_view line) {
    if (line.size() > max_line) return base::fail(error_too_large, "the line is too long");
    if (std::ranges::any_of(line, [](char c) { return std::uint8_t(c) < 0x20 && c != '\t'; })) {
      return base::fail(bad, "a control character");
    }
    if (line.size() < 2 || line[1] != '=') return base::fail(bad, "not of the form x=...");
    const auto value = line.substr(2);
    if (!fragment_ && !seen_version_ && line[0] != 'v') return base::fail(bad, "v=0 comes first");
    switch (line[0]) {
      case 'v':
        return read_version(value);
      case 'o':
        return read_origin(value);
      case 's':
        description_.name = value;
        seen_name_ = true;
        return {};
      case 'c':
        (section_ ? section_->connection : description_.connection) = value;
        return {};
      case 'm':
        return read_section(value);
      case 'a':
        return read_attribute(value);
      default:  // what says nothing to us, but has its place (RFC 8866 §5)
        return std::string_view("tbiuepkrz").find(line[0]) != std::string_view::npos ? Status()
                                                                                     : base::fail(bad, "unknown line");
    }
  }

  Status read_version(std::string_view value) {
    if (value != "0") return base::fail(bad, "the version is not 0");
    seen_version_ = true;
    return {};
  }

  Status read_origin(std::string_view value) {
    auto& origin = description_.origin;
    GREENROOM_TRY(origin.username, word(take_word(value), "the user name"));
    GREENROOM_TRY(origin.session_id, word(take_word(value), "the session's id"));
    GREENROOM_TRY(origin.version, word(take_word(value), "the version"));
    GREENROOM_TRY(origin.address, word(trimmed(value), "the address"));
    seen_origin_ = true;
    return {};
  }

  Status read_section(std::string_view value) {
    if (description_.sections.size() >= max_sections) return base::fail(error_too_large, "too many sections");
    Section section;
    GREENROOM_TRY(section.media, token(take_word(value), "the medium"));
    GREENROOM_TRY(section.port, number<std::uint16_t>(take_word(value), "the port"));
    GREENROOM_TRY(section.protocol, word(take_word(value), "the protocol"));
    GREENROOM_TRY(section.formats, tokens(value, "formats"));
    if (section.formats.empty()) return base::fail(bad, "no formats");
    description_.sections.push_back(std::move(section));
    section_ = &description_.sections.back();
    attributes_ = 0;
    return {};
  }

  Status read_attribute(std::string_view line) {
    if (++attributes_ > max_attributes) return base::fail(error_too_large, "too many attributes");
    const auto colon = line.find(':');
    const auto name = line.substr(0, colon);
    if (!is_token(name)) return base::fail(bad, "an attribute without a name");
    const auto value = colon == line.npos ? std::optional<std::string_view>() : line.substr(colon + 1);
    Shared& shared = section_ ? static_cast<Shared&>(*section_) : description_;
    if (!value && read_flag(shared, name)) return {};
    if (const auto* row = find_row<Shared>(shared_rows, name)) return row->read(shared, value.value_or(""));
    if (section_) return read_with<Section>(*section_, section_rows, name, value);
    return read_with<Description>(description_, session_rows, name, value);
  }

  bool read_flag(Shared& shared, std::string_view name) {
    if (const auto direction = direction_named(name)) shared.direction = direction;
    if (name == "extmap-allow-mixed") shared.extmap_allow_mixed = true;
    if (direction_named(name) || name == "extmap-allow-mixed") return true;
    return section_ ? set_flag(*section_, name) : set_flag(description_, name);
  }

  template <class Holder>
  static const Row<Holder>* find_row(std::span<const Row<Holder>> rows, std::string_view name) {
    const auto found = std::ranges::find(rows, name, &Row<Holder>::name);
    return found == rows.end() ? nullptr : &*found;
  }

  template <class Holder>
  static Status read_with(Holder& holder, std::span<const Row<Holder>> rows, std::string_view name,
                          std::optional<std::string_view> value) {
    if (const auto* row = find_row<Holder>(rows, name)) return row->read(holder, value.value_or(""));
    return add(holder.other, Attribute{std::string(name), value ? std::optional<std::string>(*value) : std::nullopt});
  }

  Status finish() const {
    if (fragment_) return {};
    if (!seen_version_) return base::fail(bad, "the description is empty");
    if (!seen_origin_ || !seen_name_) return base::fail(bad, "o= or s= is missing");
    return {};
  }

  const bool fragment_;
  bool seen_version_ = false, seen_origin_ = false, seen_name_ = false;
  std::size_t attributes_ = 0;
  Description description_;
  Section* section_ = nullptr;
};

}  // namespace

Result<Description> parse(std::string_view text) { return Parser(false).run(text); }
Result<Description> parse_fragment(std::string_view text) { return Parser(true).run(text); }

std::optional<std::string_view> find(const Pairs& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) return value;
  }
  return std::nullopt;
}

}  // namespace greenroom::wire::sdp
