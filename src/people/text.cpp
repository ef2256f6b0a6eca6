#include "people/text.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "notify/message.hpp"

namespace greenroom::people {

namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view blank = " \t\r\n";
  const auto first = text.find_first_not_of(blank);
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(blank) - first + 1);
}

std::size_t code_points(std::string_view utf8) {
  return std::size_t(std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

bool is_control(char c) { return std::uint8_t(c) < 0x20 || c == 0x7F; }

}  // namespace

base::Result<std::string> checked_text(std::string_view text, std::string_view field, std::size_t chars_max,
                                       base::ErrorCode code) {
  const auto wrong = [&](std::string what) { return base::fail(code, std::move(what), std::string(field)); };
  const std::string_view kept = trimmed(text);
  if (kept.empty()) return wrong("must not be empty");
  if (code_points(kept) > chars_max) return wrong(fmt::format("must have at most {} characters", chars_max));
  if (std::any_of(kept.begin(), kept.end(), is_control)) return wrong("must not have control characters");
  return std::string(kept);
}

base::Result<std::string> checked_email(std::string_view text) {
  auto email = base::lower(trimmed(text));
  if (!notify::is_mail_address(email)) return base::fail(error_field, "must be an e-mail address", "email");
  return email;
}

}  // namespace greenroom::people
