// Reading session descriptions, line by line.
#include "wire/detail/sdp_attributes.hpp"
#include "wire/detail/sdp_words.hpp"

namespace greenroom::wire::sdp {
namespace {
using namespace detail;

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
    return section_ ? detail::read_attribute(*section_, name, value)
                    : detail::read_attribute(description_, name, value);
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
