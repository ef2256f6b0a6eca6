// What the running server knows of itself, for /stats, /metrics and /ready.
#pragma once
#include <atomic>

#include "api/realtime/server.hpp"
#include "api/statistics.hpp"
#include "app/blob_mover.hpp"
#include "app/media_plane.hpp"
#include "app/recorder_thread.hpp"
#include "bus/bus.hpp"
#include "db/db.hpp"
#include "net/loop.hpp"
#include "net/server.hpp"

namespace greenroom::app {

struct StatisticsSources {
  net::Loop& loop;
  const api::realtime::Server& realtime;
  MediaPlane& media;
  const RecorderThread& recorder;
  const std::unique_ptr<net::HttpServer>& http;  // made after the handler that serves these numbers
  db::Database& database;
  const bus::Bus& bus;
  const BlobMover* mover;  // null: nothing leaves the disk
  const std::atomic<bool>& stopping;
};

// The functions are called on the blocking pool; what the sources refer to outlives the pool.
api::Statistics make_statistics(StatisticsSources sources);

}  // namespace greenroom::app
