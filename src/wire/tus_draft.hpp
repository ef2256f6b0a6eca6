// The header fields of the IETF's resumable uploads (draft-ietf-httpbis-resumable-upload, interop versions 4 to 8) as
// values. They are structured fields (RFC 9651): one that is not what it should be counts as absent. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace greenroom::wire {

inline constexpr std::string_view draft_content_type = "application/partial-upload";
inline constexpr std::uint64_t draft_interop_oldest = 4;
inline constexpr std::uint64_t draft_interop_typed = 6;  // since then an append is application/partial-upload
inline constexpr std::uint64_t draft_interop_newest = 8;

struct DraftTexts {
  std::optional<std::string_view> interop;
  std::optional<std::string_view> complete;
  std::optional<std::string_view> offset;
  std::optional<std::string_view> length;
};

struct DraftFields {
  std::optional<std::uint64_t> interop;  // Upload-Draft-Interop-Version
  std::optional<bool> complete;          // Upload-Complete: this request brings the end of the upload
  std::optional<std::uint64_t> offset;
  std::optional<std::uint64_t> length;

  // Whether whoever sent these speaks the draft. The final RFC will know no interop version.
  bool spoken() const { return interop ? *interop >= draft_interop_oldest : complete.has_value(); }
  // 104 goes only to those who have said which version they mean.
  bool knows_interim() const { return interop && *interop >= draft_interop_oldest && *interop <= draft_interop_newest; }
  bool appends_typed() const { return !interop || *interop >= draft_interop_typed; }
};

DraftFields parse_draft(const DraftTexts& texts);

// Upload-Limit (§4.1.4).
struct DraftLimits {
  std::uint64_t size_max = 0;
  std::optional<std::uint64_t> age_max_s;
};
std::string print_draft_limits(const DraftLimits& limits);

}  // namespace greenroom::wire
