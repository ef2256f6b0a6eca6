#include "base/text.hpp"
#include "crypto/signed_url.hpp"
#include "studio/detail/core.hpp"

namespace greenroom::studio {

namespace {

// Links made within the same quarter of their life are equal, so that browsers can cache what is behind them.
base::WallTime link_end(base::WallTime now, base::Duration life) {
  const auto quarter = std::max(life / 4, base::Duration(std::chrono::seconds(1)));
  return base::WallTime((now.time_since_epoch() + life) / quarter * quarter + quarter);
}

std::optional<double> seconds_between(base::WallTime from, std::optional<base::WallTime> to) {
  if (!to) return std::nullopt;
  return base::to_seconds(*to - from);
}

}  // namespace

base::Result<StemFacts> Studio::Core::facts(db::Transaction& tx, const StemRow& stem) const {
  StemFacts facts{stem.id, stem.origin, stem.state, stem.bytes, stem.changed_at};
  if (!stem.upload || stem.state == StemState::complete) return facts;
  auto upload = d.uploads.find(tx, *stem.upload);
  if (!upload && upload.error().code == upload::error_unknown) return facts;  // ended by its maker, or expired
  if (!upload) return tl::unexpected(upload.error());
  facts.bytes = upload->offset;
  facts.moved_at = std::max(facts.moved_at, upload->moved_at);
  return facts;
}

base::Result<Stem> Studio::Core::view(db::Transaction& tx, const StemRow& row,
                                      const std::string& participant_name) const {
  GREENROOM_TRY(const auto known, facts(tx, row));
  Stem stem;
  stem.id = row.id;
  stem.take_id = row.take;
  stem.participant_id = row.participant;
  stem.participant_name = participant_name;
  stem.source = row.source;
  stem.origin = row.origin;
  stem.state = row.state;
  stem.content_type = row.content_type;
  stem.started_at_ms = row.started_at_ms;
  stem.bytes = known.bytes;
  if (row.origin == Origin::local) stem.uploaded_bytes = known.bytes;
  stem.consented_at = row.consented_at;
  return stem;
}

base::Result<std::map<ParticipantId, std::string>> Studio::Core::names(db::Transaction& tx, SessionId session) const {
  GREENROOM_TRY(const auto people, participants::of_session(tx, session));
  std::map<ParticipantId, std::string> out;
  for (const auto& person : people) out.emplace(person.id, person.name);
  return out;
}

base::Result<Take> Studio::Core::view(db::Transaction& tx, const TakeRow& row) const {
  Take take;
  take.id = row.id;
  take.session_id = row.session;
  take.state = row.state;
  take.started_at = row.started_at;
  take.started_at_ms = double(base::to_micros(row.started_at)) / 1'000;
  take.stopped_at = row.stopped_at;
  if (row.stopped_at) take.stopped_at_ms = double(base::to_micros(*row.stopped_at)) / 1'000;
  take.error = row.error;
  GREENROOM_TRY(const auto people, names(tx, row.session));
  GREENROOM_TRY(const auto rows, stems::of_take(tx, row.id));
  for (const auto& stem : rows) {
    const auto name = people.find(stem.participant);
    GREENROOM_TRY(auto shown, view(tx, stem, name == people.end() ? "" : name->second));
    take.stems.push_back(std::move(shown));
  }
  GREENROOM_TRY(const auto paused, pauses::of_take(tx, row.id));
  for (const auto& pause : paused) take.pauses.push_back(shown(pause));
  GREENROOM_TRY(const auto marked, markers::of_take(tx, row.id));
  for (const auto& marker : marked) take.markers.push_back(shown(marker));
  if (row.state != TakeState::uploading) return take;
  GREENROOM_TRY(const auto known, facts(tx, row));
  take.waits_until = waits_until(known, d.limits);
  return take;
}

std::string Studio::Core::media_url(AssetId asset, std::string_view name) const {
  const std::string prefix = "/media/" + asset.str() + "/";
  return prefix + base::percent_encode(name) + "?" +
         crypto::sign_url(link_key, prefix + std::string(name), link_end(now(), d.limits.link_life));
}

Asset Studio::Core::view(const AssetRow& row, const std::map<ParticipantId, std::string>& people) const {
  Asset asset;
  asset.id = row.id;
  asset.take_id = row.take;
  asset.kind = row.kind;
  asset.name = row.name;
  asset.content_type = row.content_type;
  asset.bytes = row.bytes;
  asset.url = media_url(row.id, row.name);
  asset.download_url = asset.url + "&download=1";
  asset.participant_id = row.participant;
  asset.duration_s = row.duration_s;
  if (row.participant) {
    if (const auto name = people.find(*row.participant); name != people.end()) asset.participant_name = name->second;
  }
  return asset;
}

Session Studio::Core::view(const SessionShown& shown, Permissions may) const {
  const SessionRow& row = shown.session;
  Session session;
  session.id = row.id;
  session.title = row.title;
  session.kind = row.kind;
  session.state = row.state;
  session.project_id = row.project;
  session.created_at = row.created_at;
  session.scheduled_at = row.scheduled_at;
  session.length_minutes = row.length_minutes;
  session.ended_at = row.ended_at;
  session.lobby = row.lobby;
  session.participants_max = row.participants_max;
  session.recording = row.recording;
  session.revision = row.revision;
  if (may.has(Permission::invite) && shown.guest_token) session.guest_link = "/join/" + *shown.guest_token;
  if (!may.has(Permission::see_results)) return session;
  if (shown.take_started_at) session.duration_s = seconds_between(*shown.take_started_at, shown.take_stopped_at);
  if (shown.thumbnail) session.thumbnail_url = media_url(*shown.thumbnail, shown.thumbnail_name.value_or(""));
  return session;
}

base::Result<Session> Studio::Core::view(db::Transaction& tx, SessionId id, Permissions may) const {
  GREENROOM_TRY(const auto row, sessions::shown(tx, id));
  if (!row) return base::fail(error_no_session, "there is no such session");
  return view(*row, may);
}

namespace {

double ms_of(base::WallTime time) { return double(base::to_micros(time)) / 1'000; }

}  // namespace

Pause shown(const PauseRow& row) {
  return {ms_of(row.from), row.until ? std::optional(ms_of(*row.until)) : std::nullopt};
}

Marker shown(const MarkerRow& row) { return {row.id, row.take, ms_of(row.at), row.label, row.participant}; }

Participant shown(const ParticipantRow& row) {
  return {row.id, row.name, row.role, row.state, row.joined_at, row.left_at, row.consented_at, row.recording_limit};
}

ParticipantBrief brief(const ParticipantRow& row) { return {row.id, row.name, row.role}; }

SessionBrief brief(const SessionRow& row) { return {row.id, row.title, row.kind, row.state, row.scheduled_at}; }

}  // namespace greenroom::studio
