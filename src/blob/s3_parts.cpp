#include "blob/s3_store.hpp"

namespace greenroom::blob {

base::Result<std::string> S3PartStore::begin(const Name& name) { return client_.initiate(name.str()); }

std::string S3PartStore::link(const Name& name, const std::string& transfer, unsigned number, base::Duration life) {
  return client_.part_link(name.str(), transfer, number, life);
}

base::Result<std::vector<StoredPart>> S3PartStore::list(const Name& name, const std::string& transfer) {
  GREENROOM_TRY(const auto found, client_.parts(name.str(), transfer));
  std::vector<StoredPart> parts;
  for (const S3Part& part : found) parts.push_back({part.number, part.etag, part.size});
  return parts;
}

base::Status S3PartStore::join(const Name& name, const std::string& transfer, const std::vector<StoredPart>& parts) {
  std::vector<S3Part> listed;
  for (const StoredPart& part : parts) listed.push_back({part.number, part.etag, part.size});
  GREENROOM_CHECK_OK(client_.complete(name.str(), transfer, listed));
  return {};
}

base::Status S3PartStore::abort(const Name& name, const std::string& transfer) {
  return client_.abort(name.str(), transfer);
}

}  // namespace greenroom::blob
