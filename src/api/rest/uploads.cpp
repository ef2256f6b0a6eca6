// tus 1.0.0 and the IETF's draft over upload::Uploads (upload_dialects.hpp). A body is written piece by piece as it
// comes, on the blocking pool. Whoever comes later takes an upload over from a request that still holds it, so no
// answer is ever 423.
#include "upload/uploads.hpp"

#include "api/identify.hpp"
#include "api/rest/rest.hpp"
#include "api/rest/upload_dialects.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {
namespace {

using net::Request;
using net::Response;
using upload::UploadId;
using upload::UploadInfo;

UploadAnswer answer_to(const ApiDeps& deps, const Request& request) {
  return {request, deps.uploads.limits(), deps.clock()};
}

base::Result<UploadId> id_of(std::string_view text) {
  auto id = UploadId::parse(text);
  if (!id) return base::fail(upload::error_unknown, "there is no such upload");
  return *id;
}

base::Result<UploadInfo> look_up(const ApiDeps& deps, const Request& request, std::string_view id_text) {
  GREENROOM_TRY(auto actor, identify(deps, Auth::any, request, "sessions:write"));
  GREENROOM_TRY(UploadId id, id_of(id_text));
  GREENROOM_TRY(auto info, deps.uploads.find(id));
  GREENROOM_CHECK_OK(deps.studio.may_upload(actor, info));
  return info;
}

// The upload named in the path, for someone who may touch it.
base::Result<UploadInfo> find_allowed(const ApiDeps& deps, const Request& request, std::string_view id_text) {
  GREENROOM_CHECK_OK(check_dialect(request));
  base::Result<UploadInfo> found;
  GREENROOM_CHECK_OK(deps.studio.over_snapshot([&] { found = look_up(deps, request, id_text); }));
  return found;
}

// One request that appends: a PATCH, or a creation that brings its first bytes. The same with and without a body.
class AppendRequest final : public net::BodySink {
 public:
  AppendRequest(const ApiDeps& deps, const Request& request, std::string id)
      : deps_(deps), request_(request), id_(std::move(id)) {}

  // The upload is taken over when the request has come, not when so much of its body has that it is written: who asks
  // for the offset meanwhile gets one that stays true. Whoever speaks the draft learns here where the upload is.
  bool speaks_first() const override { return true; }
  std::optional<Response> interim() override {
    const bool opened = ensure_open().has_value();
    const bool wanted =
        is_creation() && dialect_of(request_) == UploadDialect::draft && draft_fields_of(request_).knows_interim();
    if (!opened || !wanted) return std::nullopt;
    return answer().interim(*known_);
  }

  std::optional<Response> write(base::ByteView piece) override {
    if (auto status = ensure_open(); !status) return refuse(status.error());
    if (auto status = appender_->write(piece); !status) return refuse(status.error());
    return std::nullopt;
  }

  Response finish() override {
    if (auto status = ensure_open(); !status) return refuse(status.error());
    auto info = appender_->finish(end_);
    appender_.reset();
    if (info && end_ == upload::BodyEnd::of_upload && !info->complete)
      info = base::fail(upload::error_length, "the upload's length is known to be another");
    return info ? answer().state(created_ ? 201 : 204, *info, created_) : refuse(info.error());
  }

  void aborted() override { appender_.reset(); }

  // A creation that ends without a body has made its upload and appends nothing.
  Response finish_creation() {
    auto status = create(false);
    return status ? answer().state(201, *known_, true) : refuse(status.error());
  }

 private:
  bool is_creation() const { return id_.empty(); }
  UploadAnswer answer() const { return answer_to(deps_, request_); }

  base::Status ensure_open() {
    if (!opened_) opened_ = is_creation() ? open_created() : open_existing();
    return *opened_;
  }

  base::Result<UploadWish> create(bool with_body) {
    GREENROOM_CHECK_OK(check_dialect(request_));
    GREENROOM_TRY(auto actor, identify(deps_, Auth::any, request_, "sessions:write"));
    GREENROOM_TRY(auto wish, read_creation(request_, with_body));
    GREENROOM_TRY(known_, deps_.studio.create_upload(actor, wish.made));
    created_ = true;
    return wish;
  }

  base::Status open_created() {
    GREENROOM_TRY(auto wish, create(true));
    return open(wish);
  }

  base::Status open_existing() {
    GREENROOM_TRY(known_, find_allowed(deps_, request_, id_));
    GREENROOM_TRY(auto wish, read_append(request_));
    return open(wish);
  }

  base::Status open(const UploadWish& wish) {
    end_ = wish.end;
    GREENROOM_TRY(appender_, deps_.uploads.open_append(*known_, wish.patch));
    return {};
  }

  // Of an upload that is there the answer tells where it is and, to the draft, where it goes on.
  Response refuse(const base::Error& error) {
    appender_.reset();
    if (known_) {
      if (auto now = deps_.uploads.find(known_->id)) known_ = *now;
    }
    Response response = answer().refusal(error, known_ ? &*known_ : nullptr);
    if (created_) response.headers.set("Location", fmt::format("{}/{}", uploads_path, known_->id.str()));
    return response;
  }

  const ApiDeps& deps_;
  const Request request_;
  const std::string id_;                // empty: creation
  std::optional<base::Status> opened_;  // once: a creation that failed is not made again
  std::unique_ptr<upload::Appender> appender_;
  std::optional<UploadInfo> known_;  // the upload, once it is made or found
  bool created_ = false;
  upload::BodyEnd end_ = upload::BodyEnd::of_request;
};

base::Result<Response> head(const ApiDeps& deps, Context& context) {
  GREENROOM_TRY(auto found, find_allowed(deps, context.request, context.path_value("id")));
  GREENROOM_TRY(auto info, deps.uploads.head(found.id));
  return answer_to(deps, context.request).head(info);
}

base::Result<Response> terminate(const ApiDeps& deps, Context& context) {
  GREENROOM_TRY(auto info, find_allowed(deps, context.request, context.path_value("id")));
  GREENROOM_CHECK_OK(deps.uploads.terminate(info.id));
  return answer_to(deps, context.request).empty(204);
}

Response said(const ApiDeps& deps, Context& context, base::Result<Response> result) {
  return result ? *std::move(result) : answer_to(deps, context.request).refusal(result.error(), nullptr);
}

// As far as the router goes anybody may ask: the order of checks is the protocol's own.
constexpr Resource uploads{"uploads", uploads_path, Auth::nobody};

Operation tus(std::string method, std::string_view rest, std::string id, std::string summary, int status) {
  Operation about = uploads.operation(std::move(method), rest, std::move(id), std::move(summary));
  about.status = status;
  about.answers = "";
  return about;
}

Route creation_route(const ApiDeps* deps) {
  Operation about = tus("POST", "", "createUpload", "tus: make an upload", 201);
  about.takes = wire::tus_content_type;
  Route made = raw_route(
      about, [deps](Context& context) { return AppendRequest(*deps, context.request, "").finish_creation(); });
  made.stream = [deps](const Request& request, PathValues) {
    return std::make_unique<AppendRequest>(*deps, request, "");
  };
  return made;
}

Route append_route(const ApiDeps* deps) {
  Operation about = tus("PATCH", "/{id}", "appendUpload", "tus: append bytes at Upload-Offset", 204);
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
  const auto offered = [deps](Context& context) { return answer_to(*deps, context.request).offered(); };
  routes.push_back(raw_route(tus("OPTIONS", "", "getUploadOptions", "tus: what is offered", 204), offered));
  routes.push_back(raw_route(tus("OPTIONS", "/{id}", "", "", 204), offered));
  routes.push_back(creation_route(deps));
  routes.push_back(raw_route(tus("HEAD", "/{id}", "getUploadOffset", "tus: where to go on", 200),
                             [deps](Context& context) { return said(*deps, context, head(*deps, context)); }));
  routes.push_back(append_route(deps));
  routes.push_back(raw_route(tus("DELETE", "/{id}", "terminateUpload", "tus: end an upload and forget its bytes", 204),
                             [deps](Context& context) { return said(*deps, context, terminate(*deps, context)); }));
  return routes;
}

}  // namespace greenroom::api
