// What a seat has in a room: producers and consumers, of media and of data. They differ in their ids and in what is
// said of them, and are looked up, listed and let go in the same ways. For stage*.cpp only.
#pragma once
#include "studio/detail/stage_forward.hpp"
#include "studio/stage.hpp"

namespace greenroom::studio {

template <class Id>
auto& own(auto& sitting) {
  return std::get<std::set<Id>>(sitting.own);
}

inline auto& listed(auto& peer, sfu::ProducerId) { return peer.producers; }
inline auto& listed(auto& peer, sfu::DataProducerId) { return peer.data_producers; }

struct NotFound {
  base::ErrorCode code;
  std::string_view what;
};
inline NotFound not_found(sfu::ProducerId) { return {stage_errors::no_such_producer, "producer"}; }
inline NotFound not_found(sfu::ConsumerId) { return {stage_errors::no_such_consumer, "consumer"}; }
inline NotFound not_found(sfu::DataProducerId) { return {stage_errors::no_such_data_producer, "data producer"}; }
inline NotFound not_found(sfu::DataConsumerId) { return {stage_errors::no_such_data_consumer, "data consumer"}; }

template <class Id>
base::Result<Stage::Sitting*> Stage::with_own(const Seat& seat, Id id) {
  GREENROOM_TRY(auto* sitting, joined(seat));
  if (own<Id>(*sitting).contains(id)) return sitting;
  const auto missing = not_found(id);
  return base::fail(missing.code, "you have no such " + std::string(missing.what));
}

template <class Id>
base::Status Stage::may_consume(const Sitting& sitting, Id producer) const {
  const auto missing = not_found(producer);
  if (own<Id>(sitting).contains(producer)) {
    return base::fail(stage_errors::own_producer, "that is your own " + std::string(missing.what));
  }
  for (const auto& [id, member] : rooms_.at(sitting.room).members) {
    for (const auto& summary : listed(member.peer, producer)) {
      if (summary.producer == producer) return {};
    }
  }
  return base::fail(missing.code, "nobody in the room has such a " + std::string(missing.what));
}

// The SFU has made it: the others hear of it.
template <class Summary>
void Stage::add_producer(const Seat& seat, Sitting& sitting, Summary summary) {
  const auto id = summary.producer;
  own<std::remove_const_t<decltype(id)>>(sitting).insert(id);
  auto& peer = rooms_.at(sitting.room).members.at(sitting.peer).peer;
  listed(peer, id).push_back(summary);
  tell_change(sitting, Appeared<Summary>{{std::move(summary), peer.user_id, peer.participant_id}});
  close_forbidden(seat, sitting);  // it may have been forbidden meanwhile
}

template <class Id>
Revision Stage::remove_producer(Sitting& sitting, Id producer) {
  auto& room = rooms_.at(sitting.room);
  if (own<Id>(sitting).erase(producer) == 0) return room.revision;
  std::erase_if(listed(room.members.at(sitting.peer).peer, producer),
                [producer](const auto& summary) { return summary.producer == producer; });
  return tell_change(sitting, Gone<Id>{producer, sitting.peer});
}

template <class Id>
void Stage::forget_own(Sitting& sitting, Id id) {
  if constexpr (requires(StagePeer & peer) { listed(peer, id); }) {
    remove_producer(sitting, id);
  } else {
    own<Id>(sitting).erase(id);
  }
}

// Close: the command that closes an Id.
template <class Close, class Id>
void Stage::close_own(const Seat& seat, Id id, Done answer) {
  auto sitting = with_own(seat, id);
  if (!sitting) return answer(tl::unexpected(sitting.error()));
  forward<sfu::Done, sfu::Done>(seat, Close{{(*sitting)->room}, (*sitting)->peer, id}, std::move(answer),
                                [this, id](Sitting& s, sfu::Done done) {
                                  forget_own(s, id);
                                  return done;
                                });
}

template <class Id>
auto Stage::producers_of_others(const Seat& seat) const {
  using Summary = typename std::remove_cvref_t<decltype(listed(std::declval<StagePeer&>(), Id{}))>::value_type;
  using List = std::vector<OfPeer<Summary>>;
  const auto found = sittings_.find(seat);
  if (found == sittings_.end() || found->second.place != Place::joined) {
    return base::Result<List>(base::fail(stage_errors::not_joined, "join a room first"));
  }
  List list;
  for (const auto& [peer, member] : rooms_.at(found->second.room).members) {
    if (member.seat == seat) continue;
    for (const auto& summary : listed(member.peer, Id{})) {
      list.push_back({summary, member.peer.user_id, member.peer.participant_id});
    }
  }
  return base::Result<List>(std::move(list));
}

// By us, not by them: their client is told too.
template <class Close, class Id>
void Stage::withdraw(const Seat& seat, Sitting& sitting, const std::vector<Id>& producers) {
  for (const auto id : producers) {
    gateway_.call(Close{{sitting.room}, sitting.peer, id}, [](const auto&) {});
    const auto revision = remove_producer(sitting, id);
    audience_({seat}, Gone<Id>{id, sitting.peer, revision});
  }
}

template <class Closed>
void Stage::producer_closed(const Closed& event) {
  using Id = decltype(event.producer);
  auto* sitting = sitting_of(event.room.value, event.peer);
  if (!sitting || !own<Id>(*sitting).contains(event.producer)) return;
  const auto revision = remove_producer(*sitting, event.producer);
  tell_peer(event.room.value, event.peer, Gone<Id>{event.producer, event.peer, revision});
}

template <class Closed>
void Stage::consumer_closed(const Closed& event) {
  auto* sitting = sitting_of(event.room.value, event.peer);
  if (!sitting) return;
  own<decltype(event.consumer)>(*sitting).erase(event.consumer);
  tell_peer(event.room.value, event.peer, event);
}

}  // namespace greenroom::studio
