#include "blob/s3_store.hpp"

namespace greenroom::blob {

base::Result<std::string> S3PartStore::begin(const Name& name) { return client_.initiate(name.str()); }

std::string S3PartStore::link(const Name& name, const std::string& transfer, unsigned number, base::Duration life) {
  return client_.part_link(name.str(), transfer, number, life);
}

base::Result<std::vector<StoredPart>> S3PartStore::list(const Name& name, const std::string& transfer) {
  return client_.parts(name.str(), transfer);
}

base::Status S3PartStore::join(const Name& name, const std::string& transfer, const std::vector<StoredPart>& parts) {
  GREENROOM_CHECK_OK(client_.complete(name.str(), transfer, parts));
  return {};
}

base::Status S3PartStore::abort(const Name& name, const std::string& transfer) {
  return client_.abort(name.str(), transfer);
}

}  // namespace greenroom::blob
