#include "crypto/signed_url.hpp"
#include "studio/detail/core.hpp"

namespace greenroom::studio {

base::Result<MediaFile> Studio::media(AssetId id, std::string_view filename, std::int64_t expires,
                                      std::string_view signature) {
  const std::string path = fmt::format("/media/{}/{}", id.str(), filename);
  const std::string until = std::to_string(expires);
  GREENROOM_CHECK_OK(crypto::verify_url(core_->link_key, path, {until, signature}, core_->now()));
  GREENROOM_TRY(const auto asset, core_->d.database.read([&](db::Transaction& tx) { return assets::find(tx, id); }));
  if (!asset) return base::fail(error_no_asset, "there is no such file");
  return MediaFile{asset->id, asset->name, asset->content_type, asset->bytes, asset->blob};
}

base::Result<bool> Studio::refers_to(const blob::Name& name) {
  constexpr std::string_view of_upload = "uploads/", of_asset = "assets/";
  const std::string_view text = name.str();
  if (text.starts_with(of_upload)) {
    const auto id = upload::UploadId::parse(text.substr(of_upload.size()));
    if (!id) return false;
    const auto found = core_->d.uploads.find(*id);
    if (!found && found.error().code != upload::error_unknown) return tl::unexpected(found.error());
    return found && found->complete;
  }
  if (!text.starts_with(of_asset)) return false;
  const auto id = AssetId::parse(text.substr(of_asset.size(), text.find('/', of_asset.size()) - of_asset.size()));
  if (!id) return false;
  GREENROOM_TRY(const auto asset, core_->d.database.read([&](db::Transaction& tx) { return assets::find(tx, *id); }));
  return asset && asset->blob == text;
}

namespace {

ComposeStem compose_stem(const StemRow& row, const StemFacts& facts) {
  ComposeStem stem;
  stem.id = row.id;
  stem.participant_id = row.participant;
  stem.source = row.source;
  stem.origin = row.origin;
  stem.state = row.state;
  stem.content_type = row.content_type;
  stem.started_at_ms = row.started_at_ms;
  stem.bytes = facts.bytes;
  stem.consented_at = row.consented_at;
  stem.location = row.upload ? upload::blob_name(*row.upload).str() : row.log.value_or("");
  return stem;
}

bool has_stem(const ComposeInput& input, ParticipantId participant) {
  return std::any_of(input.stems.begin(), input.stems.end(),
                     [&](const ComposeStem& stem) { return stem.participant_id == participant; });
}

AssetRow asset_row(TakeId take, const NewAsset& asset, base::WallTime now) {
  return {asset.id,    take,       asset.kind,           asset.name,       asset.content_type,
          asset.bytes, asset.blob, asset.participant_id, asset.duration_s, now};
}

// Blobs of earlier assets that the new ones do not use go, by way of the list of removals.
base::Status replace_assets(db::Transaction& tx, TakeId take, std::span<const NewAsset> made, base::WallTime now) {
  GREENROOM_TRY(const auto before, assets::of_take(tx, take));
  for (const auto& old : before) {
    const bool kept =
        std::any_of(made.begin(), made.end(), [&](const NewAsset& asset) { return asset.blob == old.blob; });
    if (!kept) GREENROOM_CHECK_OK(assets::insert_removal(tx, {RemovalKind::blob, old.blob}, now));
  }
  GREENROOM_CHECK_OK(assets::remove_of_take(tx, take));
  auto at = now;  // a microsecond apart: they are listed in the order the job gave them
  for (const auto& asset : made)
    GREENROOM_CHECK_OK(assets::insert(tx, asset_row(take, asset, at += base::Duration(1))));
  return {};
}

base::Result<bool> inputs_changed(db::Transaction& tx, const TakeRow& take) {
  GREENROOM_TRY(const auto rows, stems::of_take(tx, take.id));
  return std::any_of(rows.begin(), rows.end(), [&](const StemRow& stem) {
    return stem.state == StemState::complete && stem.bytes > 0 && take.inputs_read_at &&
           stem.changed_at > *take.inputs_read_at;
  });
}

}  // namespace

base::Result<ComposeInput> Studio::compose_input(TakeId id) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<ComposeInput> {
    GREENROOM_TRY(auto take, takes::find(tx, id));
    if (!take) return base::fail(error_no_take, "there is no such take");
    if (!take->stopped_at) return base::fail(error_take_state, "this take is still being recorded");
    GREENROOM_TRY(const auto session, sessions::find(tx, take->session));
    ComposeInput input{take->id,
                       take->session,
                       session ? session->workspace : WorkspaceId(),
                       session ? session->title : "",
                       double(base::to_micros(take->started_at)) / 1'000,
                       double(base::to_micros(*take->stopped_at)) / 1'000,
                       {},
                       {},
                       {},
                       {}};
    GREENROOM_TRY(const auto rows, stems::of_take(tx, id));
    for (const auto& row : rows) {
      GREENROOM_TRY(const auto stem, core_->facts(tx, row));
      if (stem.bytes > 0) input.stems.push_back(compose_stem(row, stem));
    }
    GREENROOM_TRY(const auto paused, pauses::of_take(tx, id));
    for (const auto& pause : paused) input.pauses.push_back(shown(pause));
    GREENROOM_TRY(const auto marked, markers::of_take(tx, id));
    for (const auto& marker : marked) input.markers.push_back(shown(marker));
    GREENROOM_TRY(const auto people, participants::of_session(tx, take->session));
    for (const auto& person : people) {
      if (has_stem(input, person.id)) input.participants.push_back({person.id, person.name, person.role});
    }
    take->inputs_read_at = core_->now();
    GREENROOM_CHECK_OK(takes::update(tx, *take));
    return input;
  });
}

base::Status Studio::attach_assets(const jobs::Lease& lease, TakeId id, std::span<const NewAsset> made) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    const base::WallTime now = core_->now();
    GREENROOM_CHECK_OK(core_->d.queue.finish(tx, lease, now));
    GREENROOM_TRY(auto take, takes::find(tx, id));
    if (!take) return base::fail(error_no_take, "there is no such take");
    GREENROOM_CHECK_OK(replace_assets(tx, id, made, now));
    GREENROOM_TRY(const bool again, inputs_changed(tx, *take));
    if (again) return core_->process(tx, *take);  // a stem came in while the job was at work
    take->state = TakeState::ready;
    take->error.reset();
    GREENROOM_CHECK_OK(takes::update(tx, *take));
    return core_->refresh_session(tx, take->session);
  });
}

}  // namespace greenroom::studio
