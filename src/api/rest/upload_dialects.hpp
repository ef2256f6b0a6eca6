// Two protocols speak about the same uploads at the same addresses: tus 1.0.0 and the IETF's draft
// (draft-ietf-httpbis-resumable-upload). What a request asks for as one value, and answers in the words of whoever
// asked. Pure functions over requests.
#pragma once
#include "net/http.hpp"
#include "upload/uploads.hpp"
#include "wire/tus_draft.hpp"

namespace greenroom::api {

inline constexpr std::string_view uploads_path = "/api/v1/uploads";
inline constexpr std::string_view default_content_type = "application/octet-stream";

enum class UploadDialect { tus, draft };

// Tus-Resumable is tus; without it, what only the draft has is the draft.
UploadDialect dialect_of(const net::Request& request);
wire::DraftFields draft_fields_of(const net::Request& request);

// What a request that creates or appends asks for. The owner is not its to say.
struct UploadWish {
  upload::NewUpload made;  // of a creation
  upload::Patch patch;     // of an append; a creation's body is one at 0
  upload::BodyEnd end = upload::BodyEnd::of_request;
};

// error_tus_version when neither is spoken properly.
base::Status check_dialect(const net::Request& request);
base::Result<UploadWish> read_creation(const net::Request& request, bool with_body);
base::Result<UploadWish> read_append(const net::Request& request);

struct UploadAnswer {
  const net::Request& request;
  const upload::Limits& limits;
  base::WallTime now;

  // Offset, lifetime and, of a creation, the address.
  net::Response state(int status, const upload::UploadInfo& info, bool created) const;
  net::Response head(const upload::UploadInfo& info) const;
  // `known`: the upload that it is about, if there is one that the asker may know of.
  net::Response refusal(const base::Error& error, const upload::UploadInfo* known) const;
  net::Response empty(int status) const;
  net::Response offered() const;
  // 104 (Upload Resumption Supported), §5 of the draft.
  net::Response interim(const upload::UploadInfo& info) const;
};

}  // namespace greenroom::api
