#include "api/rest/upload_dialects.hpp"

#include <algorithm>
#include <charconv>

#include "api/http_date.hpp"
#include "api/problem.hpp"
#include "wire/repr_digest.hpp"

namespace greenroom::api {
namespace {

using net::Request;
using net::Response;
using upload::BodyEnd;
using upload::UploadId;
using upload::UploadInfo;

constexpr std::string_view problem_types = "https://iana.org/assignments/http-problem-types#";

wire::TusFields tus_fields_of(const Request& request) {
  wire::TusFields fields;
  fields.resumable = request.headers.find("Tus-Resumable");
  fields.offset = request.headers.find("Upload-Offset");
  fields.length = request.headers.find("Upload-Length");
  fields.defer_length = request.headers.find("Upload-Defer-Length");
  fields.metadata = request.headers.find("Upload-Metadata");
  fields.checksum = request.headers.find("Upload-Checksum");
  fields.concat = request.headers.find("Upload-Concat");
  fields.content_type = request.headers.find("Content-Type");
  return fields;
}

// Absent for a body in chunks; 0 where there is none. The server has checked its form.
std::optional<std::uint64_t> body_length(const Request& request) {
  if (request.headers.find("Transfer-Encoding")) return std::nullopt;
  const auto text = request.headers.find("Content-Length").value_or("0");
  std::uint64_t length = 0;
  std::from_chars(text.data(), text.data() + text.size(), length);
  return length;
}

std::string content_type_of(const std::vector<wire::TusMetadataEntry>& metadata) {
  for (std::string_view key : {"filetype", "contentType", "type"}) {
    for (const auto& entry : metadata) {
      if (entry.key == key && !entry.value.empty()) return entry.value;
    }
  }
  return std::string(default_content_type);
}

std::string metadata_of(const Request& request) {
  return std::string(request.headers.find("Upload-Metadata").value_or(""));
}

// "/api/v1/uploads/<id>", or the same after "https://host".
std::optional<UploadId> id_in(std::string_view url) {
  if (const auto host = url.find("://"); host != url.npos) {
    const auto path = url.find('/', host + 3);
    url = path == url.npos ? std::string_view() : url.substr(path);
  }
  if (!url.starts_with(uploads_path)) return std::nullopt;
  url.remove_prefix(uploads_path.size());
  if (!url.starts_with('/')) return std::nullopt;
  const auto id = UploadId::parse(url.substr(1));
  return id ? std::optional(*id) : std::nullopt;
}

base::Status take_concat(const wire::TusConcat& concat, const Request& request, upload::NewUpload& made) {
  made.concat = std::string(request.headers.find("Upload-Concat").value_or(""));
  for (const auto& url : concat.partials) {
    const auto id = id_in(url);
    if (!id) return base::fail(upload::error_no_partial, "Upload-Concat names what is no upload of ours", url);
    made.partials.push_back(*id);
  }
  return {};
}

base::Result<UploadWish> read_tus_creation(const Request& request, bool with_body) {
  UploadWish wish;
  GREENROOM_TRY(auto creation, wire::parse_tus_creation(tus_fields_of(request), with_body));
  wish.made = {{}, content_type_of(creation.metadata), metadata_of(request), creation.length};
  if (creation.concat) GREENROOM_CHECK_OK(take_concat(*creation.concat, request, wish.made));
  wish.patch = {0, body_length(request), std::nullopt, std::move(creation.checksum)};
  return wish;
}

base::Result<UploadWish> read_tus_append(const Request& request) {
  UploadWish wish;
  GREENROOM_TRY(auto append, wire::parse_tus_append(tus_fields_of(request)));
  wish.patch = {append.offset, body_length(request), append.length, std::move(append.checksum)};
  return wish;
}

// §4.1.3: with the end of the upload in this request, its content says the length as well, and both must agree.
base::Result<std::optional<std::uint64_t>> draft_length(const wire::DraftFields& fields, const Request& request,
                                                        std::uint64_t offset) {
  const auto body = body_length(request);
  if (!fields.complete.value_or(false) || !body) return fields.length;
  const std::uint64_t ends_at = offset + *body;
  if (fields.length.value_or(ends_at) != ends_at)
    return base::fail(upload::error_length, "Upload-Length and the content's length contradict each other");
  return std::optional(ends_at);
}

BodyEnd end_of(const wire::DraftFields& fields) {
  return fields.complete.value_or(false) ? BodyEnd::of_upload : BodyEnd::of_request;
}

std::string draft_content_type_of(const Request& request) {
  const auto type = request.headers.find("Content-Type").value_or(default_content_type);
  const bool of_transfer = type == wire::draft_content_type || type == wire::tus_content_type;
  return std::string(of_transfer ? default_content_type : type);
}

base::Result<UploadWish> read_draft_creation(const Request& request) {
  UploadWish wish;
  const auto fields = draft_fields_of(request);
  if (!fields.complete) return base::fail(wire::error_tus_header, "Upload-Complete is required: ?0 or ?1");
  GREENROOM_TRY(wish.made.length, draft_length(fields, request, 0));
  GREENROOM_TRY(const auto metadata, wire::parse_tus_metadata(metadata_of(request)));
  wish.made.metadata = metadata_of(request);
  wish.made.content_type = metadata.empty() ? draft_content_type_of(request) : content_type_of(metadata);
  wish.patch = {0, body_length(request), std::nullopt};
  wish.end = end_of(fields);
  return wish;
}

base::Result<UploadWish> read_draft_append(const Request& request) {
  UploadWish wish;
  const auto fields = draft_fields_of(request);
  if (fields.appends_typed() && request.headers.find("Content-Type") != wire::draft_content_type)
    return base::fail(wire::error_tus_content_type, fmt::format("the body must be {}", wire::draft_content_type));
  if (!fields.offset) return base::fail(wire::error_tus_header, "Upload-Offset is required");
  if (!fields.complete) return base::fail(wire::error_tus_header, "Upload-Complete is required: ?0 or ?1");
  GREENROOM_TRY(const auto length, draft_length(fields, request, *fields.offset));
  wish.patch = {*fields.offset, body_length(request), length};
  wish.end = end_of(fields);
  return wish;
}

// --- answers ---

std::string limits_of(const upload::Limits& limits, const UploadInfo& info, base::WallTime now) {
  wire::DraftLimits out{limits.bytes_max, {}};
  const auto left = std::chrono::duration_cast<std::chrono::seconds>(info.expires_at - now).count();
  if (info.may_expire()) out.age_max_s = std::uint64_t(std::max<std::int64_t>(0, left));
  return wire::print_draft_limits(out);
}

std::string boolean(bool value) { return value ? "?1" : "?0"; }

void set_tus_state(net::Headers& headers, const UploadInfo& info) {
  headers.set("Upload-Offset", std::to_string(info.offset));
  if (info.may_expire()) headers.set("Upload-Expires", http_date(info.expires_at));
  if (!info.concat.empty()) headers.set("Upload-Concat", info.concat);
}

Response of_tus(Response response) {
  response.headers.set("Tus-Resumable", std::string(wire::tus_version));
  return response;
}

// §7: what the draft has a problem type of its own for.
struct DraftProblem {
  std::string_view type;
  std::string_view title;
  int status;
};
std::optional<DraftProblem> draft_problem_of(const base::ErrorCode& code) {
  if (code == upload::error_wrong_offset)
    return DraftProblem{"mismatching-upload-offset", "offset from request does not match offset of resource", 409};
  if (code == upload::error_length || code == upload::error_completed)
    return DraftProblem{"inconsistent-upload-length", "inconsistent length values for upload", 400};
  return std::nullopt;
}

Response draft_problem(const Request& request, const DraftProblem& problem, const base::Error& error,
                       const UploadInfo* known) {
  boost::json::object body{{"type", std::string(problem_types) + std::string(problem.type)},
                           {"title", std::string(problem.title)},
                           {"status", problem.status},
                           {"detail", error.what},
                           {"requestId", request.request_id}};
  if (known && problem.status == 409) {
    body["expected-offset"] = known->offset;
    body["provided-offset"] = draft_fields_of(request).offset.value_or(0);
  }
  return problem_document(problem.status, wire::print_json(body));
}

Response draft_refusal(const UploadAnswer& of, const base::Error& error, const UploadInfo* known) {
  const auto problem = draft_problem_of(error.code);
  Response response =
      problem ? draft_problem(of.request, *problem, error, known) : problem_response(error, of.request.request_id);
  if (known && error.code == upload::error_wrong_offset) {
    response.headers.set("Upload-Offset", std::to_string(known->offset));
    response.headers.set("Upload-Complete", boolean(known->complete));
  }
  if (response.status == 413) response.headers.set("Upload-Limit", wire::print_draft_limits({of.limits.bytes_max, {}}));
  return response;
}

}  // namespace

wire::DraftFields draft_fields_of(const Request& request) {
  const auto& headers = request.headers;
  return wire::parse_draft({headers.find("Upload-Draft-Interop-Version"), headers.find("Upload-Complete"),
                            headers.find("Upload-Offset"), headers.find("Upload-Length")});
}

UploadDialect dialect_of(const Request& request) {
  const bool tus = request.headers.find("Tus-Resumable") || !draft_fields_of(request).spoken();
  return tus ? UploadDialect::tus : UploadDialect::draft;
}

base::Status check_dialect(const Request& request) {
  if (dialect_of(request) == UploadDialect::draft) return {};
  return wire::check_tus_version(tus_fields_of(request));
}

base::Result<UploadWish> read_creation(const Request& request, bool with_body) {
  return dialect_of(request) == UploadDialect::tus ? read_tus_creation(request, with_body)
                                                   : read_draft_creation(request);
}

base::Result<UploadWish> read_append(const Request& request) {
  return dialect_of(request) == UploadDialect::tus ? read_tus_append(request) : read_draft_append(request);
}

Response UploadAnswer::state(int status, const UploadInfo& info, bool created) const {
  Response response = empty(status);
  set_tus_state(response.headers, info);
  if (created) response.headers.set("Location", fmt::format("{}/{}", uploads_path, info.id.str()));
  if (dialect_of(request) == UploadDialect::tus) return response;
  response.headers.set("Upload-Complete", boolean(info.complete));
  response.headers.set("Upload-Limit", limits_of(limits, info, now));
  return response;
}

Response UploadAnswer::head(const UploadInfo& info) const {
  Response response = state(200, info, false);
  response.headers.set("Cache-Control", "no-store");
  const bool tus = dialect_of(request) == UploadDialect::tus;
  if (info.length) response.headers.set("Upload-Length", std::to_string(*info.length));
  if (!info.length && tus) response.headers.set("Upload-Defer-Length", "1");
  // RFC 9530: of the whole, so that a client can let go of its own copy.
  if (info.sha256) response.headers.set("Repr-Digest", wire::repr_digest(*info.sha256));
  if (!info.metadata.empty()) response.headers.set("Upload-Metadata", info.metadata);
  return response;
}

Response UploadAnswer::refusal(const base::Error& error, const UploadInfo* known) const {
  if (dialect_of(request) == UploadDialect::draft) return draft_refusal(*this, error, known);
  Response response = of_tus(problem_response(error, request.request_id));
  if (error.code == wire::error_tus_version) response.headers.set("Tus-Version", std::string(wire::tus_version));
  return response;
}

Response UploadAnswer::empty(int status) const {
  Response response;
  response.status = status;
  return dialect_of(request) == UploadDialect::tus ? of_tus(std::move(response)) : response;
}

Response UploadAnswer::offered() const {
  Response response;
  response.status = 204;
  response.headers.set("Tus-Version", std::string(wire::tus_version));
  response.headers.set("Tus-Extension", std::string(wire::tus_extensions));
  response.headers.set("Tus-Max-Size", std::to_string(limits.bytes_max));
  response.headers.set("Tus-Checksum-Algorithm", std::string(wire::tus_checksum_algorithms));
  response.headers.set("Accept-Patch", fmt::format("{}, {}", wire::draft_content_type, wire::tus_content_type));
  response.headers.set("Upload-Limit", wire::print_draft_limits({limits.bytes_max, {}}));
  return of_tus(std::move(response));
}

Response UploadAnswer::interim(const UploadInfo& info) const {
  Response response;
  response.status = 104;
  response.headers.set("Location", fmt::format("{}/{}", uploads_path, info.id.str()));
  response.headers.set("Upload-Limit", limits_of(limits, info, now));
  const auto version = draft_fields_of(request).interop.value_or(wire::draft_interop_newest);
  response.headers.set("Upload-Draft-Interop-Version", std::to_string(version));
  return response;
}

}  // namespace greenroom::api
