#include "blob/store.hpp"

namespace greenroom::blob {

namespace {

constexpr std::size_t name_bytes_max = 180;

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

bool is_part(std::string_view part) {
  return !part.empty() && part.front() != '.' && std::all_of(part.begin(), part.end(), is_name_char);
}

}  // namespace

base::Result<Name> Name::parse(std::string_view text) {
  bool good = text.size() <= name_bytes_max && !text.ends_with(".part");
  for (std::string_view rest = text; good;) {
    const auto slash = rest.find('/');
    good = is_part(rest.substr(0, slash));
    if (slash == rest.npos) break;
    rest.remove_prefix(slash + 1);
  }
  if (!good) return base::fail(error_name, "not a blob's name", std::string(text.substr(0, name_bytes_max)));
  return Name(std::string(text));
}

}  // namespace greenroom::blob
