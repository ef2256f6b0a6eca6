#include "studio/stem_format.hpp"

#include "base/text.hpp"

namespace greenroom::studio {

namespace {

constexpr std::string_view pcm_type = "audio/x-greenroom-pcm";
constexpr std::string_view block_magic = "GRPB";             // wire/stem_block.hpp
constexpr std::string_view ebml_magic = "\x1A\x45\xDF\xA3";  // RFC 8794 §11.2.1

constexpr std::string_view mp4_type = "video/mp4";
constexpr std::string_view mp4_magic = "ftyp";  // ISO/IEC 14496-12 §4.3, after the box's size

bool is_matroska(std::string_view type) {
  return type == "video/webm" || type == "audio/webm" || type == "video/x-matroska" || type == "audio/x-matroska";
}

struct Magic {
  std::size_t at = 0;
  std::string_view bytes;
};
Magic magic_of(std::string_view type) {
  if (type == pcm_type) return {0, block_magic};
  if (type == mp4_type) return {4, mp4_magic};
  return {0, is_matroska(type) ? ebml_magic : std::string_view()};
}

}  // namespace

std::string media_type(std::string_view content_type) {
  auto out = base::lower(content_type.substr(0, content_type.find(';')));
  std::erase_if(out, [](char c) { return c == ' ' || c == '\t'; });
  return out;
}

bool stem_type_allowed(Source source, std::string_view content_type) {
  const std::string type = media_type(content_type);
  if (is_sound(source)) return type == pcm_type || (is_matroska(type) && type.starts_with("audio/"));
  return type == mp4_type || (is_matroska(type) && type.starts_with("video/"));
}

bool may_begin(std::string_view content_type, base::ByteView head) {
  const auto magic = magic_of(media_type(content_type));
  if (head.size() <= magic.at) return true;
  const auto text = base::as_text(head).substr(magic.at, magic.bytes.size());
  return text == magic.bytes.substr(0, text.size());
}

}  // namespace greenroom::studio
