#include <cmath>

#include "studio/detail/core.hpp"
#include "studio/detail/node_rows.hpp"
#include "studio/stem_format.hpp"

namespace greenroom::studio {

namespace {

constexpr double ms_of_year_2000 = 946'684'800'000;
constexpr double ms_of_year_2200 = 7'258'118'400'000;
constexpr std::size_t content_type_chars_max = 200;

std::string owner_of(ParticipantId id) { return "participant/" + id.str(); }
std::string owner_of(UserId id) { return "user/" + id.str(); }

base::Status check(const NewStem& stem) {
  if (!base::parse_uuid(stem.client_key)) return base::fail(error_field, "must be a UUID", "clientKey");
  GREENROOM_CHECK_OK(checked_text(stem.content_type, "contentType", content_type_chars_max));
  if (!(stem.started_at_ms > ms_of_year_2000 && stem.started_at_ms < ms_of_year_2200)) {
    return base::fail(error_field, "must be milliseconds since 1970", "startedAtMs");
  }
  if (!stem_type_allowed(stem.source, stem.content_type)) {
    return base::fail(error_stem_format, "a stem of this source cannot be of this content type", stem.content_type);
  }
  return {};
}

// Who may not send something to the room does not record it either.
Permission needed_for(Source source) {
  if (is_sound(source)) return Permission::publish_audio;
  return source == Source::camera ? Permission::publish_video : Permission::share_screen;
}

StemRow local_row(TakeId take, ParticipantId participant, const NewStem& stem) {
  StemRow row;
  row.take = take;
  row.participant = participant;
  row.source = stem.source;
  row.content_type = stem.content_type;
  row.client_key = stem.client_key;
  row.started_at_ms = stem.started_at_ms;
  row.sample_rate = stem.sample_rate;
  row.channels = stem.channels;
  row.width = stem.width;
  row.height = stem.height;
  return row;
}

bool same_stem(const StemRow& known, const NewStem& stem) {
  return known.upload && known.source == stem.source && known.content_type == stem.content_type;
}

StemTicket ticket(Stem stem, upload::UploadId upload, bool created) {
  return {std::move(stem), "/api/v1/uploads/" + upload.str(), created};
}

}  // namespace

base::Result<StemTicket> Studio::create_stem(const Actor& actor, TakeId take, const NewStem& stem) {
  const auto* who = std::get_if<ParticipantActor>(&actor);
  if (!who) return base::fail(error_forbidden, "only a participant records a stem: join the session first");
  GREENROOM_CHECK_OK(check(stem));
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<StemTicket> {
    GREENROOM_TRY(const auto found, core_->take_access(tx, actor, take, needed_for(stem.source)));
    GREENROOM_TRY(const auto person, participants::find(tx, who->participant));
    if (!person || person->session != found.take.session)
      return base::fail(error_token, "this participant is not known");
    GREENROOM_TRY(const auto known, stems::by_key(tx, take, person->id, stem.client_key));
    if (known) {
      if (!same_stem(*known, stem)) return base::fail(error_stem_conflict, "this client key names another stem");
      GREENROOM_TRY(auto shown, core_->view(tx, *known, person->name));
      return ticket(std::move(shown), *known->upload, false);
    }
    GREENROOM_TRY(const auto others, stems::of_take(tx, take));
    if (others.size() >= core_->d.limits.stems_per_take_max) {
      return base::fail(error_too_many_stems, "this take has as many stems as it can hold");
    }
    StemRow row = local_row(take, person->id, stem);
    row.created_at = row.changed_at = core_->now();
    row.id = StemId::make(row.created_at, core_->d.rng);
    GREENROOM_TRY(const auto upload, core_->d.uploads.create(tx, {.owner = owner_of(person->id),
                                                                  .content_type = stem.content_type,
                                                                  .metadata = "",
                                                                  .length = std::nullopt,
                                                                  .scope = found.access.session.workspace.uuid()}));
    row.upload = upload.id;
    row.consented_at = person->consented_at;
    GREENROOM_CHECK_OK(stems::insert(tx, row));
    GREENROOM_TRY(auto shown, core_->view(tx, row, person->name));
    return ticket(std::move(shown), upload.id, true);
  });
}

base::Result<StemId> Studio::register_backup_track(const NewBackupTrack& track) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Result<StemId> {
    GREENROOM_TRY(const auto take, takes::find(tx, track.take));
    if (!take) return base::fail(error_no_take, "there is no such take");
    GREENROOM_TRY(const auto known, stems::by_key(tx, track.take, track.participant, track.log));
    if (known) return known->id;
    StemRow row;
    row.created_at = row.changed_at = core_->now();
    row.id = StemId::make(row.created_at, core_->d.rng);
    row.take = track.take;
    row.participant = track.participant;
    row.source = track.source;
    row.origin = Origin::backup;
    row.content_type = track.mime_type;
    row.client_key = track.log;
    row.started_at_ms = double(base::to_micros(track.started_at)) / 1'000;
    row.log = track.log;
    GREENROOM_TRY(const auto person, participants::find(tx, track.participant));
    if (person) row.consented_at = person->consented_at;
    GREENROOM_CHECK_OK(stems::insert(tx, row));
    GREENROOM_CHECK_OK(node_facts::take(tx, NodeFactKind::backup, row.id.str(), core_->d.bus.node()));
    return row.id;
  });
}

base::Status Studio::end_backup_track(StemId stem, std::uint64_t bytes) {
  return core_->d.database.write([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto row, stems::find(tx, stem));
    if (!row) return base::fail(error_no_take, "there is no such stem");
    GREENROOM_CHECK_OK(node_facts::release(tx, NodeFactKind::backup, stem.str(), core_->d.bus.node()));
    return core_->close_backup(tx, *row, bytes);
  });
}

base::Status Studio::may_upload(const Actor& actor, const upload::UploadInfo& upload) {
  const auto no = [] { return base::fail(upload::error_unknown, "there is no such upload"); };
  if (std::holds_alternative<Nobody>(actor)) return base::fail(error_sign_in, "sign in first");
  if (const auto* person = std::get_if<ParticipantActor>(&actor)) {
    return upload.owner == owner_of(person->participant) ? base::Status{} : no();
  }
  if (upload.owner == owner_of(std::get<UserActor>(actor).user)) return {};
  return core_->d.database.read([&](db::Transaction& tx) -> base::Status {
    GREENROOM_TRY(const auto stem, stems::by_upload(tx, upload.id));
    if (!stem || !core_->take_access(tx, actor, stem->take, Permission::record)) return no();
    return {};
  });
}

base::Result<upload::UploadInfo> Studio::create_upload(const Actor& actor, upload::NewUpload upload) {
  if (std::holds_alternative<Nobody>(actor)) return base::fail(error_sign_in, "sign in first");
  const auto* person = std::get_if<ParticipantActor>(&actor);
  if (person && person->waiting) return base::fail(error_waiting, "wait until you are let in");
  if (const auto* user = std::get_if<UserActor>(&actor)) {
    upload.owner = owner_of(user->user);
    upload.scope = user->workspace.uuid();
    return core_->d.uploads.create(upload);
  }
  upload.owner = owner_of(person->participant);
  GREENROOM_TRY(const auto session,
                core_->d.database.read([&](db::Transaction& tx) { return sessions::find(tx, person->session); }));
  if (session) upload.scope = session->workspace.uuid();
  return core_->d.uploads.create(upload);
}

}  // namespace greenroom::studio
