// A Mail as the bytes that travel: RFC 5322 header fields, RFC 2047 words where they are not ASCII, and a MIME body
// (multipart/alternative when there is HTML). Pure functions. Nothing in a Mail can add a header field: addresses are
// checked, subjects are one line or encoded.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/rng.hpp"
#include "base/time.hpp"
#include "notify/post.hpp"

namespace greenroom::notify {

inline constexpr std::size_t address_size_max = 254;  // RFC 5321 §4.5.3.1.3: a path of 256 with its brackets
inline constexpr std::size_t subject_size_max = 998;  // bytes, before encoding
inline constexpr std::size_t mail_size_max = 1 << 20;

// One address as everyone accepts it: ASCII, dot-atoms (RFC 5322 §3.4.1) before the @, a host name after it.
bool is_mail_address(std::string_view text);

// Whom mail comes from: "Greenroom <studio@example.org>" or the address alone.
struct Sender {
  std::string name;
  std::string address;
};
base::Result<Sender> parse_sender(std::string_view text);

struct MessageStamp {
  base::WallTime date;
  std::string id;        // of Message-ID, without brackets
  std::string boundary;  // of multipart bodies
};
MessageStamp make_stamp(const Sender& from, base::WallTime now, base::Rng& rng);

// How text that is not ASCII travels: quoted_printable through any server; eight_bit is what a person can read in a
// file.
enum class TextEncoding { quoted_printable, eight_bit };

// Lines end in CRLF. Fails with bad_mail when `mail` is none.
base::Result<std::string> compose_message(const Mail& mail, const Sender& from, const MessageStamp& stamp,
                                          TextEncoding encoding = TextEncoding::quoted_printable);

}  // namespace greenroom::notify
