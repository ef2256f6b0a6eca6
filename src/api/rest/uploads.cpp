// tus 1.0.0 over upload::Uploads: creation (with upload, with deferred length), expiration, termination. A body is
// written piece by piece as it comes, on the blocking pool. Whoever comes later takes an upload over from a request
// that still holds it, so no answer is ever 423.
#include "upload/uploads.hpp"

#include "api/http_date.hpp"
#include "api/identify.hpp"
#include "api/rest/rest.hpp"
#include "studio/studio.hpp"
#include "wire/repr_digest.hpp"
#include "wire/tus.hpp"

namespace greenroom::api {
namespace {

using net::Request;
using net::Response;
using upload::UploadId;
using upload::UploadInfo;

constexpr std::string_view default_content_type = "application/octet-stream";
constexpr std::string_view uploads_path = "/api/v1/uploads";

wire::TusFields fields_of(const Request& request) {
  wire::TusFields fields;
  fields.resumable = request.headers.find("Tus-Resumable");
  fields.offset = request.headers.find("Upload-Offset");
  fields.length = request.headers.find("Upload-Length");
  fields.defer_length = request.headers.find("Upload-Defer-Length");
  fields.metadata = request.headers.find("Upload-Metadata");
  fields.checksum = request.headers.find("Upload-Checksum");
  fields.content_type = request.headers.find("Content-Type");
  return fields;
}

std::optional<std::uint64_t> content_length(const Request& request) {
  const auto text = request.headers.find("Content-Length");
  if (!text) return std::nullopt;
  return std::strtoull(std::string(*text).c_str(), nullptr, 10);  // the server has checked its form
}

std::string content_type_of(const std::vector<wire::TusMetadataEntry>& metadata) {
  for (std::string_view key : {"filetype", "contentType", "type"}) {
    for (const auto& entry : metadata) {
      if (entry.key == key && !entry.value.empty()) return entry.value;
    }
  }
  return std::string(default_content_type);
}

base::Result<UploadId> id_of(std::string_view text) {
  auto id = UploadId::parse(text);
  if (!id) return base::fail(upload::error_unknown, "there is no such upload");
  return *id;
}

Response upload_state(int status, const UploadInfo& info) {
  Response response;
  response.status = status;
  response.headers.set("Upload-Offset", std::to_string(info.offset));
  if (!info.complete) response.headers.set("Upload-Expires", http_date(info.expires_at));
  return response;
}

Response refusal(const Request& request, const base::Error& error) {
  Response response = problem_response(error, request.request_id);
  if (error.code == wire::error_tus_version) response.headers.set("Tus-Version", std::string(wire::tus_version));
  return response;
}

Response with_tus(Response response) {
  response.headers.set("Tus-Resumable", std::string(wire::tus_version));
  return response;
}

// The upload named in the path, for someone who may touch it.
base::Result<UploadInfo> find_allowed(const ApiDeps& deps, const Request& request, std::string_view id_text) {
  GREENROOM_CHECK_OK(wire::check_tus_version(fields_of(request)));
  GREENROOM_TRY(auto actor, identify(deps, Auth::any, request, "sessions:write"));
  GREENROOM_TRY(UploadId id, id_of(id_text));
  GREENROOM_TRY(auto info, deps.uploads.find(id));
  GREENROOM_CHECK_OK(deps.studio.may_upload(actor, info));
  return info;
}

// One request that appends: a PATCH, or a creation that brings its first bytes. The same with and without a body.
class AppendRequest final : public net::BodySink {
 public:
  AppendRequest(const ApiDeps& deps, const Request& request, std::string id)
      : deps_(deps), request_(request), id_(std::move(id)) {}

  std::optional<Response> write(base::ByteView piece) override {
    if (auto status = ensure_open(); !status) return refuse(status.error());
    if (auto status = appender_->write(piece); !status) return refuse(status.error());
    return std::nullopt;
  }

  Response finish() override {
    if (auto status = ensure_open(); !status) return refuse(status.error());
    auto info = appender_->finish();
    appender_.reset();
    if (!info) return refuse(info.error());
    return with_tus(answer(upload_state(created_ ? 201 : 204, *info)));
  }

  void aborted() override { appender_.reset(); }

  // A creation that ends without a body has made its upload and appends nothing.
  Response finish_creation() {
    auto info = create(false);
    return info ? with_tus(answer(upload_state(201, *info))) : refuse(info.error());
  }

 private:
  bool is_creation() const { return id_.empty(); }

  base::Status ensure_open() {
    if (appender_) return {};
    GREENROOM_TRY(appender_, is_creation() ? open_created() : open_existing());
    return {};
  }

  base::Result<UploadInfo> create(bool with_body) {
    GREENROOM_CHECK_OK(wire::check_tus_version(fields_of(request_)));
    GREENROOM_TRY(auto actor, identify(deps_, Auth::any, request_, "sessions:write"));
    GREENROOM_TRY(auto creation, wire::parse_tus_creation(fields_of(request_), with_body));
    const std::string metadata(request_.headers.find("Upload-Metadata").value_or(""));
    GREENROOM_TRY(auto info,
                  deps_.studio.create_upload(actor, creation.length, content_type_of(creation.metadata), metadata));
    created_ = info.id;
    return info;
  }

  base::Result<std::unique_ptr<upload::Appender>> open_created() {
    GREENROOM_TRY(auto info, create(true));
    return deps_.uploads.open_append(info.id, {0, content_length(request_), std::nullopt});
  }

  base::Result<std::unique_ptr<upload::Appender>> open_existing() {
    GREENROOM_TRY(auto info, find_allowed(deps_, request_, id_));
    GREENROOM_TRY(auto append, wire::parse_tus_append(fields_of(request_)));
    return deps_.uploads.open_append(info.id, {append.offset, content_length(request_), append.length});
  }

  Response answer(Response response) {
    if (created_) response.headers.set("Location", std::string(uploads_path) + "/" + created_->str());
    return response;
  }

  Response refuse(const base::Error& error) {
    appender_.reset();
    return with_tus(answer(refusal(request_, error)));
  }

  const ApiDeps& deps_;
  const Request request_;
  const std::string id_;  // empty: creation
  std::unique_ptr<upload::Appender> appender_;
  std::optional<UploadId> created_;
};

Response offered(const ApiDeps& deps) {
  Response response;
  response.status = 204;
  response.headers.set("Tus-Version", std::string(wire::tus_version));
  response.headers.set("Tus-Extension", std::string(wire::tus_extensions));
  response.headers.set("Tus-Max-Size", std::to_string(deps.uploads.limits().bytes_max));
  return with_tus(std::move(response));
}

base::Result<Response> head(const ApiDeps& deps, Context& context) {
  GREENROOM_TRY(auto found, find_allowed(deps, context.request, context.path_value("id")));
  GREENROOM_TRY(auto info, deps.uploads.head(found.id));
  Response response = upload_state(200, info);
  response.headers.set("Cache-Control", "no-store");
  if (info.length) {
    response.headers.set("Upload-Length", std::to_string(*info.length));
  } else {
    response.headers.set("Upload-Defer-Length", "1");
  }
  // RFC 9530: of the whole, so that a client can let go of its own copy.
  if (info.sha256) response.headers.set("Repr-Digest", wire::repr_digest(*info.sha256));
  if (!info.metadata.empty()) response.headers.set("Upload-Metadata", info.metadata);
  return response;
}

base::Result<Response> terminate(const ApiDeps& deps, Context& context) {
  GREENROOM_TRY(auto info, find_allowed(deps, context.request, context.path_value("id")));
  GREENROOM_CHECK_OK(deps.uploads.terminate(info.id));
  Response response;
  response.status = 204;
  return response;
}

Response tus_response(Context& context, base::Result<Response> result) {
  return with_tus(result ? *std::move(result) : refusal(context.request, result.error()));
}

Operation operation(std::string method, std::string pattern, std::string id, std::string summary, int status) {
  Operation about;
  about.method = std::move(method);
  about.pattern = std::string(uploads_path) + std::move(pattern);
  about.id = std::move(id);
  about.tag = "uploads";
  about.summary = std::move(summary);
  about.auth = Auth::nobody;  // as far as the router goes: the order of checks is tus's own
  about.status = status;
  about.answers = "";
  return about;
}

Route creation_route(const ApiDeps* deps) {
  Operation about = operation("POST", "", "createUpload", "tus: make an upload", 201);
  about.takes = wire::tus_content_type;
  Route made = raw_route(
      about, [deps](Context& context) { return AppendRequest(*deps, context.request, "").finish_creation(); });
  made.stream = [deps](const Request& request, PathValues) {
    return std::make_unique<AppendRequest>(*deps, request, "");
  };
  return made;
}

Route append_route(const ApiDeps* deps) {
  Operation about = operation("PATCH", "/{id}", "appendUpload", "tus: append bytes at Upload-Offset", 204);
  about.takes = wire::tus_content_type;
  Route made = raw_route(about, [deps](Context& context) {
    return AppendRequest(*deps, context.request, std::string(context.path_value("id"))).finish();
  });
  made.stream = [deps](const Request& request, PathValues values) {
    return std::make_unique<AppendRequest>(*deps, request, values.at(0).second);
  };
  return made;
}

}  // namespace

Routes upload_routes(const ApiDeps* deps) {
  Routes routes;
  routes.push_back(raw_route(operation("OPTIONS", "", "getUploadOptions", "tus: what is offered", 204),
                             [deps](Context&) { return offered(*deps); }));
  Operation item_options = operation("OPTIONS", "/{id}", "", "", 204);
  routes.push_back(raw_route(item_options, [deps](Context&) { return offered(*deps); }));
  routes.push_back(creation_route(deps));
  routes.push_back(raw_route(operation("HEAD", "/{id}", "getUploadOffset", "tus: where to go on", 200),
                             [deps](Context& context) { return tus_response(context, head(*deps, context)); }));
  routes.push_back(append_route(deps));
  routes.push_back(
      raw_route(operation("DELETE", "/{id}", "terminateUpload", "tus: end an upload and forget its bytes", 204),
                [deps](Context& context) { return tus_response(context, terminate(*deps, context)); }));
  return routes;
}

}  // namespace greenroom::api
