#include "api/problem.hpp"

#include <array>

#include "people/errors.hpp"
#include "studio/errors.hpp"

namespace greenroom::api {
namespace {

using base::ErrorKind;

constexpr std::string_view retry_after_s = "2";

struct KindRow {
  ErrorKind kind;
  int status;
  std::string_view title;
};
constexpr std::array kinds = {
    KindRow{ErrorKind::invalid, 400, "The request is not valid"},
    KindRow{ErrorKind::unauthorized, 401, "Sign in first"},
    KindRow{ErrorKind::forbidden, 403, "Not allowed"},
    KindRow{ErrorKind::not_found, 404, "Not found"},
    KindRow{ErrorKind::conflict, 409, "Not possible in this state"},
    KindRow{ErrorKind::gone, 410, "No longer there"},
    KindRow{ErrorKind::precondition, 412, "Changed in the meantime"},
    KindRow{ErrorKind::too_large, 413, "Too large"},
    KindRow{ErrorKind::unsupported, 415, "Not supported"},
    KindRow{ErrorKind::exhausted, 429, "Too much at once"},
    KindRow{ErrorKind::unavailable, 503, "Not available just now"},
    KindRow{ErrorKind::corrupt, 500, "Stored data contradicts itself"},
    KindRow{ErrorKind::io, 500, "The server could not read or write"},
    KindRow{ErrorKind::internal, 500, "Something went wrong on our side"},
};

// Codes whose status is not that of their kind.
struct CodeRow {
  std::string_view code;
  int status;
  std::string_view title;
};
constexpr std::array codes = {
    CodeRow{"api.method_not_allowed", 405, "Method not allowed"},
    CodeRow{"api.invalid_fields", 400, "Some fields are not valid"},
    CodeRow{"api.not_ready", 503, "Not ready"},
    CodeRow{"api.idempotency_key_reused", 422, "The key belongs to another request"},
    CodeRow{"api.idempotency_key_in_use", 409, "Still at work on it"},
    CodeRow{"api.precondition_required", 428, "Say which state you mean"},
    CodeRow{"sdp.unacceptable", 422, "Not an offer that can be answered"},  // RFC 9725
    CodeRow{"sdp.not_acceptable", 406, "Nothing here can take this"},
    CodeRow{"rtc.unsupported_codec", 406, "Nothing here can take this"},
    CodeRow{"rtc.bad_rtp_parameters", 422, "Not an offer that can be answered"},
    CodeRow{"sfu.bad_dtls_parameters", 422, "Not an offer that can be answered"},
    CodeRow{"tus.version", 412, "Unsupported tus version"},         // tus 1.0.0, core protocol
    CodeRow{"upload.checksum_mismatch", 460, "Checksum mismatch"},  // tus 1.0.0, checksum
    CodeRow{"studio.session_full", 409, "The session is full"},
    CodeRow{"studio.too_many_stems", 409, "Too many recordings"},
    CodeRow{"crypto.url_expired", 403, "The link has expired"},
    CodeRow{"blob.disk_full", 507, "The disk is full"},
    CodeRow{"db.full", 507, "The disk is full"},
};

std::pair<int, std::string_view> row_of(const base::ErrorCode& code) {
  for (const CodeRow& row : codes) {
    if (row.code == code.name) return {row.status, row.title};
  }
  for (const KindRow& row : kinds) {
    if (row.kind == code.kind) return {row.status, row.title};
  }
  return {500, "Something went wrong on our side"};
}

}  // namespace

int status_of(const base::ErrorCode& code) { return row_of(code).first; }

Problem make_problem(const base::Error& error, std::string_view request_id) {
  const auto [status, title] = row_of(error.code);
  Problem problem;
  // One type for whoever edits anything: a client's answer to it (look again, ask the person) is the same everywhere.
  const bool changed = error.code.kind == ErrorKind::precondition && status == 412;
  problem.type = "/problems/" + std::string(changed ? error_precondition.name : error.code.name);
  problem.title = title;
  problem.status = status;
  problem.detail = error.what;
  problem.request_id = request_id;
  if (error.code == studio::error_field || error.code == people::error_field)
    problem.errors = {ProblemField{error.context, error.what}};
  return problem;
}

net::Response problem_document(int status, std::string json) {
  net::Response response;
  response.status = status;
  response.headers.set("Content-Type", "application/problem+json");
  response.headers.set("Cache-Control", "no-store");
  response.body = std::move(json);
  return response;
}

net::Response problem_response(const Problem& problem) {
  net::Response response = problem_document(problem.status, wire::to_text(problem));
  if (problem.status == 401) response.headers.set("WWW-Authenticate", "Bearer");
  const bool passes = problem.status == 429 || problem.status == 503 || problem.type.ends_with("_in_use");
  if (passes) response.headers.set("Retry-After", std::string(retry_after_s));
  return response;
}

net::Response problem_response(const base::Error& error, std::string_view request_id) {
  net::Response response = problem_response(make_problem(error, request_id));
  if (error.code == people::error_too_many) response.headers.set("Retry-After", error.context);
  return response;
}

net::Response problem_response(const std::vector<wire::FieldError>& errors, std::string_view request_id) {
  const bool syntax = errors.size() == 1 && errors[0].path.empty();
  Problem problem = make_problem({syntax ? error_json : error_fields, wire::describe(errors), {}}, request_id);
  problem.errors.emplace();
  for (const auto& [path, message] : errors) problem.errors->push_back({path, message});
  return problem_response(problem);
}

}  // namespace greenroom::api
