// Writing session descriptions: always in the same order, so that equal values are equal texts.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wire/sdp.hpp"

namespace greenroom::wire::sdp {
namespace {

class Lines {
 public:
  template <class... Args>
  void line(fmt::format_string<Args...> format, Args&&... args) {
    fmt::format_to(std::back_inserter(text_), format, std::forward<Args>(args)...);
    text_ += "\r\n";
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

std::string_view name_of(Direction direction) {
  static constexpr std::string_view names[] = {"sendrecv", "sendonly", "recvonly", "inactive"};
  return names[std::size_t(direction)];
}

std::string_view name_of(Setup setup) {
  static constexpr std::string_view names[] = {"active", "passive", "actpass", "holdconn"};
  return names[std::size_t(setup)];
}

std::string joined(const Pairs& pairs, std::string_view between, std::string_view within) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (!text.empty()) text += between;
    text += name;
    if (!value.empty() || within == " ") text.append(within).append(value);
  }
  return text;
}

std::string spaced(std::string_view text) { return text.empty() ? "" : " " + std::string(text); }

void print_other(Lines& out, const std::vector<Attribute>& attributes) {
  for (const auto& a : attributes) {
    a.value ? out.line("a={}:{}", a.name, *a.value) : out.line("a={}", a.name);
  }
}

void print_shared(Lines& out, const Shared& s) {
  if (s.ice_ufrag) out.line("a=ice-ufrag:{}", *s.ice_ufrag);
  if (s.ice_pwd) out.line("a=ice-pwd:{}", *s.ice_pwd);
  if (!s.ice_options.empty()) out.line("a=ice-options:{}", fmt::join(s.ice_options, " "));
  for (const auto& f : s.fingerprints) out.line("a=fingerprint:{} {}", f.algorithm, f.value);
  if (s.setup) out.line("a=setup:{}", name_of(*s.setup));
  if (s.extmap_allow_mixed) out.line("a=extmap-allow-mixed");
  for (const auto& e : s.extensions) {
    const auto way = e.direction ? fmt::format("/{}", name_of(*e.direction)) : std::string();
    out.line("a=extmap:{}{} {}{}", e.id, way, e.uri, spaced(e.attributes));
  }
  if (s.direction) out.line("a={}", name_of(*s.direction));
}

void print_candidates(Lines& out, const std::vector<Candidate>& candidates, bool end) {
  for (const auto& c : candidates) {
    out.line("a=candidate:{} {} {} {} {} {} typ {}{}", c.foundation, c.component, c.protocol, c.priority, c.address,
             c.port, c.type, spaced(joined(c.extensions, " ", " ")));
  }
  if (end) out.line("a=end-of-candidates");
}

void print_codecs(Lines& out, const Section& s) {
  for (const auto& m : s.maps) {
    const auto channels = m.channels ? fmt::format("/{}", *m.channels) : std::string();
    out.line("a=rtpmap:{} {}/{}{}", m.payload_type, m.codec, m.clock_rate, channels);
  }
  for (const auto& f : s.feedback) {
    const auto which = f.payload_type ? std::to_string(*f.payload_type) : std::string("*");
    out.line("a=rtcp-fb:{} {}{}", which, f.type, spaced(f.parameter));
  }
  for (const auto& f : s.format_parameters) {
    out.line("a=fmtp:{} {}", f.payload_type, joined(f.parameters, ";", "="));
  }
}

std::string streams(const std::vector<std::vector<std::string>>& list) {
  std::vector<std::string> parts;
  for (const auto& alternatives : list) parts.push_back(fmt::format("{}", fmt::join(alternatives, ",")));
  return fmt::format("{}", fmt::join(parts, ";"));
}

void print_streams(Lines& out, const Section& s) {
  for (const auto& r : s.rids) out.line("a=rid:{} {}{}", r.id, r.send ? "send" : "recv", spaced(r.restrictions));
  if (s.simulcast) {
    const auto send = s.simulcast->send.empty() ? "" : " send " + streams(s.simulcast->send);
    const auto recv = s.simulcast->recv.empty() ? "" : " recv " + streams(s.simulcast->recv);
    out.line("a=simulcast:{}", (send + recv).substr(1));
  }
  for (const auto& m : s.msids) out.line("a=msid:{}", m);
  for (const auto& g : s.ssrc_groups) {
    g.ssrcs.empty() ? out.line("a=ssrc-group:{}", g.semantics)
                    : out.line("a=ssrc-group:{} {}", g.semantics, fmt::join(g.ssrcs, " "));
  }
  for (const auto& a : s.ssrcs) {
    a.value ? out.line("a=ssrc:{} {}:{}", a.ssrc, a.name, *a.value) : out.line("a=ssrc:{} {}", a.ssrc, a.name);
  }
}

void print_section(Lines& out, const Section& s) {
  out.line("m={} {} {} {}", s.media, s.port, s.protocol, fmt::join(s.formats, " "));
  if (!s.connection.empty()) out.line("c={}", s.connection);
  if (s.mid) out.line("a=mid:{}", *s.mid);
  if (s.bundle_only) out.line("a=bundle-only");
  print_shared(out, s);
  if (s.rtcp_mux) out.line("a=rtcp-mux");
  if (s.rtcp_rsize) out.line("a=rtcp-rsize");
  print_codecs(out, s);
  print_streams(out, s);
  if (s.sctp_port) out.line("a=sctp-port:{}", *s.sctp_port);
  if (s.max_message_size) out.line("a=max-message-size:{}", *s.max_message_size);
  print_other(out, s.other);
  print_candidates(out, s.candidates, s.end_of_candidates);
}

void print_body(Lines& out, const Description& d) {
  for (const auto& g : d.groups) {
    g.mids.empty() ? out.line("a=group:{}", g.semantics)
                   : out.line("a=group:{} {}", g.semantics, fmt::join(g.mids, " "));
  }
  if (d.ice_lite) out.line("a=ice-lite");
  print_shared(out, d);
  print_other(out, d.other);
  print_candidates(out, d.candidates, d.end_of_candidates);
  for (const auto& section : d.sections) print_section(out, section);
}

}  // namespace

std::string print(const Description& d) {
  Lines out;
  out.line("v=0");
  out.line("o={} {} {} {}", d.origin.username, d.origin.session_id, d.origin.version, d.origin.address);
  out.line("s={}", d.name);
  if (!d.connection.empty()) out.line("c={}", d.connection);
  out.line("t=0 0");
  print_body(out, d);
  return std::move(out).text();
}

std::string print_fragment(const Description& d) {
  Lines out;
  print_body(out, d);
  return std::move(out).text();
}

}  // namespace greenroom::wire::sdp
