// The SFU's recorder as the studio sees it. A take starts and stops on whichever node was asked (on its blocking pool);
// its room is perhaps on another: the calls go over the bus to all nodes, and the one that has the room heeds them on
// its control thread. Owned by StudioServer; connect() before the first call.
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "app/media_plane.hpp"
#include "base/log.hpp"
#include "bus/bus.hpp"
#include "net/loop.hpp"
#include "studio/studio.hpp"

namespace greenroom::app {

class BackupControl final : public studio::RecordingControl {
 public:
  using LookUp = std::function<void(const std::string& room)>;

  BackupControl(net::Loop& loop, MediaPlane& media, base::LogSink& log) : loop_(loop), media_(media), log_(log) {}

  // `look_up` asks which take of the room is in progress and calls is_in_progress(); for every room of this node when
  // calls may have been missed.
  void connect(bus::Bus& bus, LookUp look_up);
  void is_in_progress(const std::string& room, const std::optional<studio::TakeInProgress>& take);

  void start_backup(studio::SessionId session, const studio::TakeInProgress& take) override;
  void stop_backup(studio::SessionId session, studio::TakeId take) override;

 private:
  void drain();
  void heed(std::string_view room, std::string_view call);
  void start(const std::string& room, MediaPlane::Backup backup);
  void stop(const std::string& room, const std::string& take);

  net::Loop& loop_;
  MediaPlane& media_;
  base::LogSink& log_;
  bus::Bus* bus_ = nullptr;
  LookUp look_up_;
  std::map<std::string, std::string> recording_;  // by room of this node: its take
  bus::Subscription calls_;
};

}  // namespace greenroom::app
