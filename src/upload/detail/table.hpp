// The table of uploads: the only SQL of this module.
#pragma once
#include <vector>

#include "db/db.hpp"
#include "upload/decide.hpp"

namespace greenroom::upload::table {

base::Status insert(db::Transaction& tx, const UploadInfo& upload);
base::Result<std::optional<UploadInfo>> find(db::Transaction& tx, UploadId id);
// Offset, length and expiry of an upload that is not complete. error_unknown when there is none.
base::Status advance(db::Transaction& tx, const UploadInfo& before, const UploadInfo& upload);
base::Status complete(db::Transaction& tx, const UploadInfo& upload);
base::Status set_transfer(db::Transaction& tx, UploadId id, const std::string& transfer);
base::Status remove(db::Transaction& tx, UploadId id);
// Partial uploads that have been used.
base::Status expire_earlier(db::Transaction& tx, const std::vector<UploadId>& ids, base::WallTime when);
base::Result<std::vector<UploadId>> expired(db::Transaction& tx, base::WallTime now, int limit);

}  // namespace greenroom::upload::table
