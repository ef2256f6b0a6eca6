#include <algorithm>

#include "upload/detail/table.hpp"
#include "upload/uploads.hpp"

namespace greenroom::upload {

std::span<const db::Migration> migrations() {
  static const std::vector<db::Migration> list = {
      {"upload.1-uploads",
       {"CREATE TABLE uploads ("
        "id TEXT PRIMARY KEY, "
        "owner TEXT NOT NULL, "
        "content_type TEXT NOT NULL, "
        "metadata TEXT NOT NULL, "
        "byte_offset BIGINT NOT NULL, "
        "byte_length BIGINT, "
        "complete BIGINT NOT NULL, "
        "sha256 TEXT, "
        "created_at BIGINT NOT NULL, "
        "moved_at BIGINT NOT NULL, "
        "expires_at BIGINT NOT NULL, "
        "CHECK (byte_length IS NULL OR byte_offset <= byte_length), "
        "CHECK (complete = 0 OR byte_offset = byte_length))",
        "CREATE INDEX uploads_by_expiry ON uploads (complete, expires_at)"}},
      {"upload.2-concatenation",
       {"ALTER TABLE uploads ADD COLUMN concat TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE uploads ADD COLUMN partials TEXT NOT NULL DEFAULT ''",
        "CREATE INDEX uploads_by_concat ON uploads (concat, complete, expires_at)"}},
      {"upload.3-parts", {"ALTER TABLE uploads ADD COLUMN transfer TEXT"}},
      {"upload.4-scope", {"ALTER TABLE uploads ADD COLUMN scope TEXT NOT NULL DEFAULT ''"}},
  };
  return list;
}

namespace table {

namespace {

constexpr std::string_view columns =
    "id, owner, content_type, metadata, byte_offset, byte_length, complete, sha256, created_at, moved_at, expires_at, "
    "concat, partials, transfer, scope";

// Ids one after the other, with a space between.
std::string text_of(const std::vector<UploadId>& ids) {
  std::string text;
  for (UploadId id : ids) text += (text.empty() ? "" : " ") + id.str();
  return text;
}

std::vector<UploadId> ids_of(std::string_view text) {
  std::vector<UploadId> ids;
  while (!text.empty()) {
    const auto one = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    if (const auto id = UploadId::parse(one)) ids.push_back(*id);
  }
  return ids;
}

UploadInfo read(db::Row& row) {
  UploadInfo upload;
  row.into(upload.id);
  row.into(upload.owner);
  row.into(upload.content_type);
  row.into(upload.metadata);
  row.into(upload.offset);
  row.into(upload.length);
  row.into(upload.complete);
  row.into(upload.sha256);
  row.into(upload.created_at);
  row.into(upload.moved_at);
  row.into(upload.expires_at);
  row.into(upload.concat);
  upload.partials = ids_of(row.next<std::string>());
  row.into(upload.transfer);
  upload.scope = base::parse_uuid(row.next<std::string>()).value_or(crypto::Scope());  // empty: of before
  return upload;
}

base::Status must_change(base::Result<std::int64_t> changed) {
  if (!changed) return tl::unexpected(changed.error());
  if (*changed == 0) return base::fail(error_unknown, "there is no such upload");
  return {};
}

}  // namespace

base::Status insert(db::Transaction& tx, const UploadInfo& upload) {
  static const std::string sql = fmt::format(
      "INSERT INTO uploads ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)", columns);
  GREENROOM_CHECK_OK(
      tx.run(sql, {upload.id, upload.owner, upload.content_type, upload.metadata, upload.offset, upload.length,
                   upload.complete, upload.sha256, upload.created_at, upload.moved_at, upload.expires_at, upload.concat,
                   text_of(upload.partials), upload.transfer, base::to_string(upload.scope)}));
  return {};
}

base::Result<std::optional<UploadInfo>> find(db::Transaction& tx, UploadId id) {
  static const std::string sql = fmt::format("SELECT {} FROM uploads WHERE id = $1", columns);
  return tx.one(sql, {id}, read);
}

base::Status advance(db::Transaction& tx, const UploadInfo& before, const UploadInfo& upload) {
  if (before.expires_at == upload.expires_at) {  // no index has to change
    return must_change(
        tx.run("UPDATE uploads SET byte_offset = $2, byte_length = $3, moved_at = $4 WHERE id = $1 AND complete = 0 "
               "AND byte_offset <= $2",
               {upload.id, upload.offset, upload.length, upload.moved_at}));
  }
  return must_change(
      tx.run("UPDATE uploads SET byte_offset = $2, byte_length = $3, moved_at = $4, expires_at = $5 WHERE id = $1 AND "
             "complete = 0 AND byte_offset <= $2",
             {upload.id, upload.offset, upload.length, upload.moved_at, upload.expires_at}));
}

base::Status complete(db::Transaction& tx, const UploadInfo& upload) {
  return must_change(
      tx.run("UPDATE uploads SET byte_offset = $2, byte_length = $2, complete = 1, sha256 = $3, moved_at = $4 "
             "WHERE id = $1 AND complete = 0",
             {upload.id, upload.offset, upload.sha256, upload.moved_at}));
}

base::Status set_transfer(db::Transaction& tx, UploadId id, const std::string& transfer) {
  return must_change(
      tx.run("UPDATE uploads SET transfer = $2 WHERE id = $1 AND complete = 0 AND byte_offset = 0", {id, transfer}));
}

base::Status remove(db::Transaction& tx, UploadId id) {
  GREENROOM_CHECK_OK(tx.run("DELETE FROM uploads WHERE id = $1", {id}));
  return {};
}

base::Result<std::vector<UploadId>> expired(db::Transaction& tx, base::WallTime now, int limit) {
  const auto read_id = [](db::Row& row) { return row.next<UploadId>(); };
  GREENROOM_TRY(auto ids,
                tx.all("SELECT id FROM uploads WHERE complete = 0 AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
                       {now, limit}, read_id));
  GREENROOM_TRY(const auto used, tx.all("SELECT id FROM uploads WHERE concat = 'partial' AND complete = 1 AND "
                                        "expires_at <= $1 ORDER BY expires_at LIMIT $2",
                                        {now, limit}, read_id));
  ids.insert(ids.end(), used.begin(), used.end());
  return ids;
}

base::Status expire_earlier(db::Transaction& tx, const std::vector<UploadId>& ids, base::WallTime when) {
  for (UploadId id : ids)
    GREENROOM_CHECK_OK(tx.run(
        "UPDATE uploads SET expires_at = $2 WHERE id = $1 AND concat = 'partial' AND expires_at > $2", {id, when}));
  return {};
}

}  // namespace table
}  // namespace greenroom::upload
