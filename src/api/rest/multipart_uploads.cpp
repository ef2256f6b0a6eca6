// The second way to upload, where the storage is S3: parts go to the storage directly, by links that are good for an
// hour each. Which parts are there is asked of the storage and never remembered, so that a transfer is resumed by
// whoever knows its id.
#include "api/rest/rest.hpp"
#include "api/rest/upload_dialects.hpp"
#include "studio/studio.hpp"

namespace greenroom::api {

struct NewMultipartUpload {
  std::optional<std::string> content_type;
  std::optional<std::string> filename;
  std::optional<std::uint64_t> bytes;
};
BOOST_DESCRIBE_STRUCT(NewMultipartUpload, (), (content_type, filename, bytes))

enum class MultipartState { open, verifying, complete };
BOOST_DESCRIBE_ENUM(MultipartState, open, verifying, complete)

struct MultipartUpload {
  upload::UploadId id;
  MultipartState state = MultipartState::open;
  std::string content_type;
  std::optional<std::uint64_t> bytes;
  std::optional<std::string> sha256;
  std::optional<std::uint64_t> verified_bytes;
  std::uint64_t part_bytes_min = blob::stored_part_min;  // of every part but the last
  std::uint64_t part_bytes_max = blob::stored_part_max;
  std::uint64_t parts_max = blob::stored_parts_max;
  std::optional<base::WallTime> expires_at;
};
BOOST_DESCRIBE_STRUCT(MultipartUpload, (),
                      (id, state, content_type, bytes, sha256, verified_bytes, part_bytes_min, part_bytes_max,
                       parts_max, expires_at))

struct MultipartPath {
  upload::UploadId id;
};
BOOST_DESCRIBE_STRUCT(MultipartPath, (), (id))

struct PartPath {
  upload::UploadId id;
  std::uint32_t number = 0;
};
BOOST_DESCRIBE_STRUCT(PartPath, (), (id, number))

struct MultipartEnd {
  upload::UploadId id;
  std::uint64_t bytes = 0;
  std::string sha256;
};
BOOST_DESCRIBE_STRUCT(MultipartEnd, (), (id, bytes, sha256))

struct SignedPart {
  std::string url;
  std::string method = "PUT";
  base::WallTime expires_at;
};
BOOST_DESCRIBE_STRUCT(SignedPart, (), (url, method, expires_at))

struct UploadedPart {
  std::uint32_t number = 0;
  std::string etag;
  std::uint64_t bytes = 0;
};
BOOST_DESCRIBE_STRUCT(UploadedPart, (), (number, etag, bytes))

struct UploadedParts {
  std::vector<UploadedPart> items;
};
BOOST_DESCRIBE_STRUCT(UploadedParts, (), (items))

namespace {

constexpr Resource multipart{"uploads", "/api/v1/multipart-uploads", Auth::any};

MultipartUpload shown(const upload::UploadInfo& info) {
  MultipartUpload out;
  out.id = info.id;
  out.state = info.complete ? MultipartState::complete : MultipartState::open;
  out.content_type = info.content_type;
  out.bytes = info.length;
  out.sha256 = info.sha256;
  if (!info.complete) out.expires_at = info.expires_at;
  return out;
}

base::Result<upload::UploadInfo> find_mine(const ApiDeps& deps, const Context& context, upload::UploadId id) {
  GREENROOM_TRY(auto info, deps.uploads.find(id));
  GREENROOM_CHECK_OK(deps.studio.may_upload(context.actor, info));
  return info;
}

base::Result<MultipartUpload> begin(const ApiDeps& deps, Context& context, const NewMultipartUpload& in) {
  if (in.bytes == std::uint64_t(0)) return base::fail(upload::error_part, "there is nothing to put into parts");
  upload::NewUpload made;
  made.content_type = in.content_type.value_or(std::string(default_content_type));
  if (in.filename) made.metadata = wire::print_tus_metadata("filename", *in.filename);
  made.length = in.bytes;
  GREENROOM_TRY(const auto info, deps.studio.create_upload(context.actor, made));
  const auto begun = deps.uploads.begin_parts(info.id);
  if (!begun) {
    GREENROOM_CHECK_OK(deps.uploads.terminate(info.id));
    return tl::unexpected(begun.error());
  }
  context.headers.set("Location", fmt::format("{}/{}", multipart.path, info.id.str()));
  return shown(*begun);
}

base::Result<MultipartUpload> look(const ApiDeps& deps, Context& context, upload::UploadId id) {
  GREENROOM_TRY(const auto info, find_mine(deps, context, id));
  if (!info.transfer) return base::fail(upload::error_not_by_parts, "the bytes of this upload come by tus");
  return shown(info);
}

base::Result<UploadedParts> list(const ApiDeps& deps, Context& context, upload::UploadId id) {
  GREENROOM_CHECK_OK(find_mine(deps, context, id));
  GREENROOM_TRY(const auto parts, deps.uploads.parts(id));
  UploadedParts out;
  for (const auto& part : parts) out.items.push_back({part.number, part.etag, part.size});
  return out;
}

base::Result<SignedPart> sign(const ApiDeps& deps, Context& context, const PartPath& in) {
  GREENROOM_CHECK_OK(find_mine(deps, context, in.id));
  GREENROOM_TRY(auto link, deps.uploads.part_link(in.id, in.number));
  return SignedPart{std::move(link.url), "PUT", link.expires_at};
}

base::Result<MultipartUpload> complete(const ApiDeps& deps, Context& context, const MultipartEnd& in) {
  GREENROOM_CHECK_OK(find_mine(deps, context, in.id));
  GREENROOM_TRY(const auto state, deps.uploads.complete_parts(in.id, {in.bytes, in.sha256}));
  MultipartUpload out = shown(state.upload);
  if (state.upload.complete) return out;
  context.status = 202;
  out.state = MultipartState::verifying;
  out.verified_bytes = state.verified;
  return out;
}

base::Result<Nothing> abort(const ApiDeps& deps, Context& context, upload::UploadId id) {
  GREENROOM_CHECK_OK(find_mine(deps, context, id));
  GREENROOM_CHECK_OK(deps.uploads.terminate(id));
  return Nothing();
}

}  // namespace

Routes multipart_upload_routes(const ApiDeps* deps) {
  Routes routes;
  Operation made =
      multipart.operation("POST", "", "beginMultipartUpload", "Begin an upload whose parts go to S3 directly");
  made.status = 201;
  routes.push_back(route(made, [deps](Context& context, NewMultipartUpload in) { return begin(*deps, context, in); }));
  routes.push_back(route(multipart.operation("GET", "/{id}", "getMultipartUpload", "The upload, to go on with it"),
                         [deps](Context& context, MultipartPath in) { return look(*deps, context, in.id); }));
  routes.push_back(route(multipart.operation("GET", "/{id}/parts", "listUploadedParts", "The parts that S3 has"),
                         [deps](Context& context, MultipartPath in) { return list(*deps, context, in.id); }));
  Operation link = multipart.operation("POST", "/{id}/parts/{number}", "signPart", "A link that this part is PUT to");
  link.secret = true;  // whoever has it may write
  routes.push_back(route(link, [deps](Context& context, PartPath in) { return sign(*deps, context, in); }));
  Operation end = multipart.operation("POST", "/{id}/complete", "completeMultipartUpload",
                                      "Join the parts and read them back; 202: go on asking until all is verified");
  end.also = {202};
  routes.push_back(route(end, [deps](Context& context, MultipartEnd in) { return complete(*deps, context, in); }));
  Operation ended =
      multipart.operation("DELETE", "/{id}", "abortMultipartUpload", "End the upload and forget its parts");
  ended.status = 204;
  routes.push_back(route(ended, [deps](Context& context, MultipartPath in) { return abort(*deps, context, in.id); }));
  return routes;
}

}  // namespace greenroom::api
