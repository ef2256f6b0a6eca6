// The steps that tests of the studio are told in: an owner, a session, Ada and Bob in its room, a take, stems, uploads,
// a compose job. Tests only.
#pragma once
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "studio/session_events.hpp"
#include "studio/test_studio.hpp"
#include "wire/json.hpp"

namespace greenroom::studio {

inline constexpr std::string_view webm = "\x1A\x45\xDF\xA3 and so on";
inline constexpr std::string_view pcm = "GRPB and so on";

class StudioTest : public testing::Test {
 protected:
  Studio& studio() { return p_->studio; }
  void restart() {
    const auto now = p_->now;
    p_.reset();
    p_ = std::make_unique<TestProcess>(directory_, now);
    ASSERT_TRUE(studio().recover());
  }

  Actor owner() { return p_->owner(); }
  Session session_of(const Actor& user) {
    return *studio().create_session(user, {"Episode 1", SessionKind::podcast, {}});
  }
  static std::string token_of(const Session& session) {
    return session.guest_link->substr(std::string("/join/").size());
  }
  Actor actor_of(const Admission& admission) { return *studio().participant_of(admission.token); }

  StemTicket stem(const Actor& who, TakeId take, Source source, std::uint64_t key) {
    NewStem stem;
    base::SeededRng rng(key);
    stem.client_key = base::to_string(base::make_uuid_v7(p_->now, rng));
    stem.source = source;
    stem.content_type = source == Source::mic ? "audio/x-greenroom-pcm" : "video/webm;codecs=vp8";
    stem.started_at_ms = double(base::to_millis(p_->now));
    auto ticket = studio().create_stem(who, take, stem);
    GREENROOM_ASSERT(ticket.has_value());
    return *ticket;
  }
  static upload::UploadId upload_of(const StemTicket& ticket) {
    return *upload::UploadId::parse(ticket.upload_url.substr(ticket.upload_url.rfind('/') + 1));
  }
  base::Result<upload::UploadInfo> send(upload::UploadId id, std::uint64_t offset, std::string_view bytes, bool last) {
    const auto length = last ? std::optional(offset + bytes.size()) : std::nullopt;
    GREENROOM_TRY(auto appender, p_->uploads.open_append(id, {offset, bytes.size(), length}));
    GREENROOM_CHECK_OK(appender->write(base::as_bytes(bytes)));
    return appender->finish();
  }
  void send_whole(const StemTicket& ticket) {
    auto info = send(upload_of(ticket), 0, ticket.stem.source == Source::mic ? pcm : webm, true);
    ASSERT_TRUE(info);
    EXPECT_TRUE(info->complete);
  }
  void pass(base::Duration time) {
    p_->now += time;
    ASSERT_TRUE(studio().reconcile());
  }
  TakeState state_of(TakeId id) { return studio().take(host_, id)->state; }
  SessionState session_state_of(SessionId id) { return studio().session(host_, id)->state; }

  // Host and one guest in the room, a take running.
  void begin_take() {
    host_ = owner();
    session_ = session_of(host_);
    meet_and_record();
  }
  void meet_and_record() {
    ada_ = actor_of(*studio().join(host_, session_.id, {}));
    bob_ = actor_of(*studio().join_invite(token_of(session_), "Bob", {}));
    for (const auto& who : {ada_, bob_}) {
      ASSERT_TRUE(studio().entered(std::get<ParticipantActor>(who).participant));
    }
    take_ = *studio().start_take(ada_, session_.id);
  }
  // The compose job's part, as `greenroom work` plays it.
  base::Status compose(TakeId take) {
    GREENROOM_TRY(const auto due, p_->queue.plan(p_->now));
    if (due.empty()) return base::fail(jobs::error_unknown, "no job is due");
    GREENROOM_TRY(const auto lease, p_->queue.lease(due[0], p_->now));
    GREENROOM_TRY(input_, studio().compose_input(take));
    GREENROOM_CHECK_OK(p_->queue.report(lease, {0.5, "mix", 3.0}, p_->now));
    if (during_compose_) during_compose_();
    return attach(lease, take);
  }
  base::Status attach(const jobs::Lease& lease, TakeId take) {
    std::vector<NewAsset> made;
    for (auto [kind, name] : {std::pair(AssetKind::composite, "Episode 1.mp4"), {AssetKind::thumbnail, "thumb.jpg"}}) {
      NewAsset asset;
      asset.id = AssetId::make(p_->now, p_->rng);
      asset.kind = kind;
      asset.name = name;
      asset.content_type = "video/mp4";
      asset.blob = "assets/" + asset.id.str() + "/result";
      const auto file = p_->store->scratch() / asset.id.str();
      std::ofstream(file) << "media";
      GREENROOM_CHECK_OK(p_->store->adopt(*blob::Name::parse(asset.blob), file, {}));
      asset.bytes = 5;
      made.push_back(asset);
    }
    return studio().attach_assets(lease, take, made);
  }
  std::vector<std::string> events(bus::Subscription& subscription) {
    std::vector<std::string> names;
    for (const auto& message : subscription.drain().messages) {
      auto json = wire::parse_json(message.payload);
      std::string name(json->at("event").as_string());
      EXPECT_TRUE(session_events().contains(name)) << name;
      if (name == "sessionChanged") name += " " + std::string(json->at("data").at("state").as_string());
      names.push_back(std::move(name));
    }
    return names;
  }

  db::TestDirectory directory_;
  std::unique_ptr<TestProcess> p_ =
      std::make_unique<TestProcess>(directory_, base::wall_from_micros(1'700'000'000'000'000));
  Actor host_, ada_, bob_;
  Session session_;
  Take take_;
  ComposeInput input_;
  std::function<void()> during_compose_;
};

}  // namespace greenroom::studio
