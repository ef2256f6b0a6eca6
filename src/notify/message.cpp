#include "notify/message.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/text.hpp"
#include "crypto/encoding.hpp"

namespace greenroom::notify {
namespace {

constexpr std::size_t line_size_max = 998;   // RFC 5322 §2.1.1
constexpr std::size_t quoted_line_max = 75;  // RFC 2045 §6.7: 76 with the soft break's "="
constexpr std::size_t word_bytes_max = 45;   // RFC 2047 §2: 75 characters a word; "=?UTF-8?B?" "?=" take 12 of them
constexpr std::size_t local_part_max = 64;   // RFC 5321 §4.5.3.1.1

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return std::uint8_t(c) < 0x80; });
}
bool is_alnum(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }
// Labels between dots, none empty, each character one of `also` or a letter or digit.
bool is_dotted(std::string_view text, std::string_view also) {
  if (text.empty() || text.front() == '.' || text.back() == '.' || text.find("..") != text.npos) return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return c == '.' || is_alnum(c) || also.find(c) != also.npos; });
}

bool is_host(std::string_view text) {
  return is_dotted(text, "-") && text.front() != '-' && text.back() != '-' && text.find("-.") == text.npos &&
         text.find(".-") == text.npos;
}

std::string_view trim(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The longest prefix of at most `most` bytes that ends between code points.
std::size_t prefix_of_points(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text.size();
  std::size_t at = most;
  while (at > 0 && (std::uint8_t(text[at]) & 0xc0) == 0x80) --at;
  return at == 0 ? most : at;
}

std::string encoded_words(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto size = prefix_of_points(text, word_bytes_max);
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + crypto::to_base64(base::as_bytes(text.substr(0, size))) + "?=";
    text.remove_prefix(size);
  }
  return out;
}

// Unstructured text of a header field. What could be taken for an encoded word is encoded itself.
std::string header_text(std::string_view text) {
  constexpr std::size_t comfortable = 60;
  const bool plain = is_ascii(text) && text.size() <= comfortable && text.find("=?") == text.npos;
  return plain ? std::string(text) : encoded_words(text);
}

std::string mailbox(const Sender& sender) {
  if (sender.name.empty()) return sender.address;
  const bool plain =
      std::all_of(sender.name.begin(), sender.name.end(), [](char c) { return is_alnum(c) || c == ' '; });
  return fmt::format("{} <{}>", plain ? sender.name : encoded_words(sender.name), sender.address);
}

// RFC 5322 §3.3: "Fri, 20 Nov 2026 13:36:49 +0000".
std::string date_text(base::WallTime date) {
  const auto parts = fmt::gmtime(std::time_t(base::to_millis(date) / 1000));
  constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  return fmt::format("{}, {} {} {:%Y %H:%M:%S} +0000", days[parts.tm_wday], parts.tm_mday, months[parts.tm_mon], parts);
}

// Every line break becomes CRLF.
std::string with_crlf(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    text[i] == '\n' || text[i] == '\r' ? out += "\r\n" : out += text[i];
  }
  return out;
}

bool lines_fit(std::string_view text) {
  for (;;) {
    const auto end = text.find("\r\n");
    if (std::min(end, text.size()) > line_size_max) return false;
    if (end == text.npos) return true;
    text.remove_prefix(end + 2);
  }
}

// RFC 2045 §6.7 over text with CRLF line ends.
std::string quoted_printable(std::string_view text) {
  std::string out;
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool ends_line = text.compare(i, 2, "\r\n") == 0;
    if (ends_line) {
      out += "\r\n", column = 0, ++i;
      continue;
    }
    const char c = text[i];
    const bool before_break = i + 1 == text.size() || text.compare(i + 1, 2, "\r\n") == 0;
    const bool plain = (c > ' ' && c < 0x7f && c != '=') || ((c == ' ' || c == '\t') && !before_break);
    const auto piece = plain ? std::string(1, c) : fmt::format("={:02X}", unsigned(std::uint8_t(c)));
    if (column + piece.size() > quoted_line_max) out += "=\r\n", column = 0;
    out += piece, column += piece.size();
  }
  return out;
}

// Header and content of one text part.
std::string text_part(std::string_view type, std::string_view text, TextEncoding encoding) {
  const auto lines = with_crlf(text);
  const bool fits = lines_fit(lines);
  const char* name = "quoted-printable";
  if (fits && is_ascii(lines))
    name = "7bit";
  else if (fits && encoding == TextEncoding::eight_bit)
    name = "8bit";
  const bool quoted = name == std::string_view("quoted-printable");
  return fmt::format("Content-Type: text/{}; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n{}", type, name,
                     quoted ? quoted_printable(lines) : lines);
}

std::string body_of(const Mail& mail, const std::string& boundary, TextEncoding encoding) {
  if (mail.html.empty()) return text_part("plain", mail.text, encoding);
  return fmt::format(
      "Content-Type: multipart/alternative; boundary=\"{0}\"\r\n\r\n--{0}\r\n{1}\r\n--{0}\r\n{2}\r\n--{0}--\r\n",
      boundary, text_part("plain", mail.text, encoding), text_part("html", mail.html, encoding));
}

base::Status check(const Mail& mail) {
  if (!is_mail_address(mail.to)) return base::fail(bad_mail, "that is no e-mail address", mail.to);
  if (base::has_control(mail.subject) || mail.subject.size() > subject_size_max)
    return base::fail(bad_mail, "a subject is one line of text", mail.subject);
  if (mail.text.size() + mail.html.size() > mail_size_max) return base::fail(bad_mail, "the mail is too long");
  return {};
}

}  // namespace

bool is_mail_address(std::string_view text) {
  const auto at = text.rfind('@');
  if (text.size() > address_size_max || at == text.npos || at > local_part_max) return false;
  return is_dotted(text.substr(0, at), "!#$%&'*+-/=?^_`{|}~") && is_host(text.substr(at + 1));
}

base::Result<Sender> parse_sender(std::string_view text) {
  Sender sender{"", std::string(trim(text))};
  const auto open = text.find('<');
  if (open != text.npos) {
    const auto rest = trim(text.substr(open));
    if (!rest.ends_with('>')) return base::fail(bad_mail, "a sender is written `Name <address>`");
    auto name = trim(text.substr(0, open));
    if (name.size() >= 2 && name.starts_with('"') && name.ends_with('"')) name = name.substr(1, name.size() - 2);
    sender = {std::string(name), std::string(rest.substr(1, rest.size() - 2))};
  }
  if (base::has_control(sender.name) || !is_mail_address(sender.address))
    return base::fail(bad_mail, "a sender is written `Name <address>`", std::string(text));
  return sender;
}

MessageStamp make_stamp(const Sender& from, base::WallTime now, base::Rng& rng) {
  std::array<std::uint8_t, 24> random;
  rng.fill(random);
  const auto text = crypto::to_hex(random);
  const auto host = from.address.substr(from.address.rfind('@') + 1);
  // "=_" cannot stand in quoted-printable text (RFC 2045 §6.7), and nobody guesses the rest.
  return {now, text.substr(0, 32) + '@' + host, "=_" + text.substr(32)};
}

base::Result<std::string> compose_message(const Mail& mail, const Sender& from, const MessageStamp& stamp,
                                          TextEncoding encoding) {
  GREENROOM_CHECK_OK(check(mail));
  // RFC 3834 §5: nobody's holiday reply should answer.
  return fmt::format(
      "Date: {}\r\nFrom: {}\r\nTo: {}\r\nSubject: {}\r\nMessage-ID: <{}>\r\nAuto-Submitted: auto-generated\r\n"
      "MIME-Version: 1.0\r\n{}",
      date_text(stamp.date), mailbox(from), mail.to, header_text(mail.subject), stamp.id,
      body_of(mail, stamp.boundary, encoding));
}

}  // namespace greenroom::notify
