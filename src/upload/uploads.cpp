#include "upload/uploads.hpp"

#include "base/assert.hpp"
#include "upload/detail/hold.hpp"
#include "upload/detail/table.hpp"

namespace greenroom::upload {

namespace {

constexpr int expired_at_once = 100;

tl::unexpected<base::Error> refused(const Reject& reject) { return base::fail(reject.code, reject.what); }

base::Result<UploadInfo> must_exist(base::Result<std::optional<UploadInfo>> found) {
  if (!found) return tl::unexpected(found.error());
  if (!*found) return base::fail(error_unknown, "there is no such upload");
  return **found;
}

}  // namespace

blob::Name blob_name(UploadId id) { return *blob::Name::parse("uploads/" + id.str()); }

Appender::Appender(std::shared_ptr<Hold> hold) : hold_(std::move(hold)) {}
Appender::~Appender() { abort(); }

base::Status Appender::write(base::ByteView piece) {
  if (!hold_) return base::fail(error_preempted, "this request has ended");
  return hold_->write(piece);
}

base::Result<UploadInfo> Appender::finish(BodyEnd end) {
  if (!hold_) return base::fail(error_preempted, "this request has ended");
  auto hold = std::exchange(hold_, nullptr);
  auto result = hold->finish(end);
  hold->forget();
  return result;
}

void Appender::abort() {
  if (!hold_) return;
  auto hold = std::exchange(hold_, nullptr);
  hold->let_go(LetGo::keep);
  hold->forget();
}

Uploads::Uploads(Dependencies dependencies) : shared_(std::make_shared<Shared>(std::move(dependencies))) {}
Uploads::~Uploads() = default;

void Uploads::set_hooks(Hooks hooks) { shared_->hooks = std::move(hooks); }
const Limits& Uploads::limits() const { return shared_->deps.limits; }

base::Result<std::uint64_t> Uploads::joined_length(db::Transaction& tx, const NewUpload& upload, base::WallTime now) {
  std::uint64_t length = 0;
  for (UploadId id : upload.partials) {
    GREENROOM_TRY(const auto partial, table::find(tx, id));
    if (!partial || !partial->is_partial() || partial->owner != upload.owner || now >= partial->expires_at)
      return base::fail(error_no_partial, "there is no such partial upload", id.str());
    if (!partial->complete) return base::fail(error_unfinished_partial, "a partial upload is not complete", id.str());
    length += partial->offset;
    if (auto reject = refuse_creation(length, limits())) return refused(*reject);
  }
  return length;
}

base::Result<UploadInfo> Uploads::create(db::Transaction& tx, const NewUpload& upload) {
  if (auto reject = refuse_creation(upload.length, limits())) return refused(*reject);
  const base::WallTime now = shared_->deps.clock();
  UploadInfo info;
  info.id = UploadId::make(now, shared_->deps.rng);
  info.owner = upload.owner;
  info.content_type = upload.content_type;
  info.metadata = upload.metadata;
  info.length = upload.length;
  info.concat = upload.concat;
  info.partials = upload.partials;
  info.scope = upload.scope;
  if (info.is_final()) {
    GREENROOM_TRY(info.length, joined_length(tx, upload, now));
  }
  info.created_at = info.moved_at = now;
  info.expires_at = now + limits().idle_life;
  GREENROOM_CHECK_OK(table::insert(tx, info));
  return info;
}

base::Result<UploadInfo> Uploads::create(const NewUpload& upload) {
  GREENROOM_TRY(auto info, shared_->deps.database.write([&](db::Transaction& tx) { return create(tx, upload); }));
  if (info.length != std::uint64_t(0) && !info.is_final()) return info;
  auto whole = head(info.id);  // complete as it is
  if (!whole && whole.error().code.kind == base::ErrorKind::unsupported) GREENROOM_CHECK_OK(terminate(info.id));
  return whole;
}

base::Result<UploadInfo> Uploads::find(UploadId id) {
  return shared_->deps.database.read([&](db::Transaction& tx) { return find(tx, id); });
}

base::Result<UploadInfo> Uploads::find(db::Transaction& tx, UploadId id) { return must_exist(table::find(tx, id)); }

base::Result<UploadInfo> Uploads::head(UploadId id) {
  GREENROOM_TRY(const UploadInfo seen, find(id));  // claims are for uploads that exist
  if (seen.may_expire() && shared_->deps.clock() >= seen.expires_at)
    return base::fail(error_expired, "the upload has expired");
  auto [hold, lock] = Hold::claim(shared_, id, LetGo::keep);
  const Unclaim unclaim{*hold};
  GREENROOM_CHECK_OK(hold->load());
  return hold->info();
}

base::Result<std::unique_ptr<Appender>> Uploads::open_append(UploadId id, const Patch& patch) {
  GREENROOM_TRY(const UploadInfo seen, find(id));
  return open_append(seen, patch);
}

base::Result<std::unique_ptr<Appender>> Uploads::open_append(const UploadInfo& seen, const Patch& patch) {
  bool held = false;
  {
    std::lock_guard guard(shared_->lock);
    held = shared_->holds.contains(seen.id);
  }
  // A request that is wrong anyway takes nothing from anybody.
  const Decision first = decide(seen, patch, held, limits(), shared_->deps.clock());
  if (const auto* reject = std::get_if<Reject>(&first)) return refused(*reject);
  // It knows the acknowledged offset, so it goes on from there: what its predecessor wrote behind it is discarded.
  auto [hold, lock] = Hold::claim(shared_, seen.id, LetGo::discard);
  const auto begin = [&](Hold& claimed) -> base::Status {
    GREENROOM_CHECK_OK(claimed.load());
    const Decision decision = decide(claimed.info(), patch, false, limits(), shared_->deps.clock());
    if (const auto* reject = std::get_if<Reject>(&decision)) return refused(*reject);
    return claimed.begin(std::get<Append>(decision), patch.checksum);
  };
  if (auto begun = begin(*hold); !begun) {
    hold->forget();
    return tl::unexpected(begun.error());
  }
  lock.unlock();
  return std::make_unique<Appender>(std::move(hold));
}

base::Status Uploads::terminate(UploadId id) {
  GREENROOM_TRY(const UploadInfo upload, find(id));
  auto [hold, lock] = Hold::claim(shared_, id, LetGo::discard);
  const Unclaim unclaim{*hold};
  return remove_claimed(upload);
}

// The storage's transfer first: without the row nobody would know of it any more.
base::Status Uploads::remove_claimed(const UploadInfo& upload) {
  shared_->hashes.take(upload.id);
  shared_->files.take(upload.id);
  auto* parts = shared_->deps.store.parts();
  if (parts && !upload.complete && !upload.transfer.value_or("").empty())
    GREENROOM_CHECK_OK(parts->abort(blob_name(upload.id), *upload.transfer));
  GREENROOM_CHECK_OK(shared_->deps.database.write([&](db::Transaction& tx) { return table::remove(tx, upload.id); }));
  return shared_->deps.store.remove(blob_name(upload.id));
}

base::Result<std::size_t> Uploads::remove_expired(base::WallTime now) {
  GREENROOM_TRY(const auto ids, shared_->deps.database.read(
                                    [&](db::Transaction& tx) { return table::expired(tx, now, expired_at_once); }));
  for (UploadId id : ids) GREENROOM_CHECK_OK(terminate(id));
  return ids.size();
}

}  // namespace greenroom::upload
