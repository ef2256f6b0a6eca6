#include "app/serve.hpp"

#include <signal.h>
#include <sys/resource.h>

#include <cstdio>
#include <thread>

#include "api/api.hpp"
#include "api/realtime/server.hpp"
#include "api/rest/whip.hpp"
#include "api/security_headers.hpp"
#include "app/assets.hpp"
#include "app/backup_control.hpp"
#include "app/backup_registry.hpp"
#include "app/blob_mover.hpp"
#include "app/doorman.hpp"
#include "app/ice_servers.hpp"
#include "app/job_runner.hpp"
#include "app/media_bytes.hpp"
#include "app/media_plane.hpp"
#include "app/nodes.hpp"
#include "app/repeating.hpp"
#include "app/statistics.hpp"
#include "app/storage.hpp"
#include "app/storage_keys.hpp"
#include "app/storehouse.hpp"
#include "crypto/random.hpp"
#include "net/blocking_pool.hpp"
#include "net/clock.hpp"
#include "net/interfaces.hpp"
#include "net/server.hpp"
#include "studio/answers.hpp"

namespace greenroom::app {
namespace {

using namespace std::chrono_literals;

constexpr base::Duration job_tick = 250ms;
constexpr base::Duration reconcile_tick = 1s;
constexpr base::Duration nodes_tick = 2s;
constexpr base::Duration purge_tick = 60s;
constexpr base::Duration certificate_tick = 10s;
constexpr base::Duration media_tick = 1s;
constexpr base::Duration close_deadline = 5s;

std::vector<api::WebAsset> web_assets() {
  std::vector<api::WebAsset> out;
  for (const auto& [path, type, etag, identity, brotli, gzip] : embedded_assets())
    out.push_back({path, type, etag, identity.view(), brotli.view(), gzip.view()});
  return out;
}

class StudioServer {
 public:
  StudioServer(const ServeConfig& config, base::LogSink& log) : config_(config), log_(log) {}
  ~StudioServer() {
    // What calls into others ends first: media threads and pool threads, then the objects they call.
    if (media_) media_->stop();
    pool_.close();
  }

  base::Status open();
  void run() { loop_.run(); }

 private:
  base::Status open_media();
  base::Status open_api();
  base::Result<net::ServerOptions> http_options() const;
  bool https() const;
  void exchange_certificate();
  void connect_media();
  void connect_bus();
  void start_clockwork();
  void close_on_signal();
  void close();
  base::Status announce();
  std::string public_url() const;
  void room_created(const std::string& room);
  void watch_media();
  api::realtime::ServerOptions realtime_options() const;
  std::vector<api::Mount> realtime_mounts();

  const ServeConfig config_;
  base::LogSink& log_;
  net::Loop loop_;
  net::BlockingPool pool_;
  SerialWork facts_{loop_, pool_, log_};  // presence and backup tracks, told to the studio in their order
  crypto::SystemRng rng_;
  std::unique_ptr<RecorderThread> recorder_;
  std::unique_ptr<MediaPlane> media_;
  std::unique_ptr<BackupControl> backup_control_;
  std::unique_ptr<Storehouse> house_;
  std::unique_ptr<BackupRegistry> backups_;
  std::unique_ptr<studio::Answers> answers_;
  std::unique_ptr<api::realtime::Server> realtime_;
  std::unique_ptr<api::WhipSessions> whip_;
  std::shared_ptr<net::Tls> tls_;  // null: HTTP
  std::unique_ptr<net::HttpServer> http_;
  std::unique_ptr<JobRunner> jobs_;
  std::unique_ptr<BlobMover> mover_;  // null: everything stays on disk
  bus::Subscription session_news_;
  bus::Subscription login_news_;
  std::vector<std::unique_ptr<Repeating>> clockwork_;
  net::Timer media_timer_;
  std::uint16_t port_ = 0;
  std::atomic<bool> stopping_ = false;
  net::Timer drain_timer_;
};

base::Status StudioServer::open() {
  GREENROOM_CHECK_OK(open_media());
  backup_control_ = std::make_unique<BackupControl>(loop_, *media_, log_);
  GREENROOM_TRY(house_,
                Storehouse::open(
                    {config_.data, config_.database, config_.redis, config_.storage}, log_, backup_control_.get(),
                    {[this] { return public_url(); }, config_.registration == "open", config_.mail, config_.provider}));
  GREENROOM_CHECK_OK(check_at_start(*house_->blobs, log_));
  announce_node(*house_->bus, log_);
  GREENROOM_CHECK_OK(recover_from_dead_nodes(*house_->bus, *house_->studio));
  backups_ = std::make_unique<BackupRegistry>(facts_, *house_->studio, house_->data, log_);
  realtime_ = std::make_unique<api::realtime::Server>(
      realtime_options(),
      api::realtime::ServerDependencies{
          loop_, pool_, *media_, rng_, log_, make_doorman({*house_->people, *house_->studio, facts_}),
          [this](std::string_view who, base::WallTime now) { return ice_servers_for(config_.ice_servers, who, now); },
          config_.redis.empty() ? nullptr : house_->bus.get(),
          [this] { return stopping_ ? 1 : media_->least_load(); }});
  whip_ = std::make_unique<api::WhipSessions>(
      api::WhipSessions::Dependencies{loop_, pool_, *realtime_, rng_, log_, api::make_sdp_admission(*house_->studio)});
  connect_media();
  connect_bus();
  if (house_->s3) mover_ = std::make_unique<BlobMover>(*house_->s3, *house_->studio, log_);
  GREENROOM_CHECK_OK(open_api());
  start_clockwork();
  close_on_signal();
  return announce();
}

base::Status StudioServer::open_media() {
  GREENROOM_TRY(auto keys, read_storage_keys(config_.storage.key_file));
  recorder_ = std::make_unique<RecorderThread>(config_.data / "backup", log_, std::move(keys));
  MediaPlaneOptions options;
  options.shards = config_.shards ? config_.shards : std::max(1u, std::thread::hardware_concurrency());
  options.limits.split = config_.room_split;
  options.port_min = config_.rtc_min_port;
  options.port_max = config_.rtc_max_port;
  for (const auto& text : config_.announced_ips) {
    GREENROOM_TRY(const auto address, base::parse_ip(text, 0));
    options.announced.push_back(address);
  }
  if (options.announced.empty()) options.announced = net::local_addresses();
  GREENROOM_TRY(media_, MediaPlane::open(std::move(options), loop_, *recorder_, log_));
  return {};
}

void StudioServer::connect_media() {
  media_->set_hooks({
      .event = [this](const sfu::Event& event) { realtime_->media_event(event); },
      .room_created = [this](const std::string& room) { room_created(room); },
      .backup_started = [this](const record::TrackHeader& header) { backups_->started(header); },
      .backup_ended = [this](const std::string& recording,
                             const std::string& track) { backups_->ended(recording, track); },
  });
}

void StudioServer::watch_media() {
  media_timer_ = loop_.after(media_tick, [this] {
    media_->watch();
    watch_media();
  });
}

// A room that appears while its session records (the server was restarted, everyone had left) is recorded again.
void StudioServer::room_created(const std::string& room) {
  const auto session = studio::SessionId::parse(room);
  if (!session) return;  // an open room of no session
  const bool asked = pool_.run_then(
      loop_, [this, session = *session] { return house_->studio->take_in_progress(session); },
      [this, room](base::Result<std::optional<studio::TakeInProgress>> take) {
        if (take) backup_control_->is_in_progress(room, *take);
      });
  if (!asked) log_.error("backup.start", {{"room", room}, {"error", "the blocking pool is full"}});
}

void StudioServer::connect_bus() {
  const auto forward = [this] {
    auto drained = session_news_.drain();
    if (drained.missed) {
      log_.warning("bus.missed", {{"messages", std::int64_t(drained.missed)}});
      realtime_->session_events_missed();
    }
    constexpr std::string_view prefix = "session/";
    for (const auto& message : drained.messages)
      realtime_->session_event(std::string_view(message.topic).substr(prefix.size()), message.payload);
  };
  const auto look_at_logins = [this] {
    auto drained = login_news_.drain();
    if (drained.missed) realtime_->logins_ended(std::nullopt);
    constexpr std::string_view prefix = "logins/";
    for (const auto& message : drained.messages)
      realtime_->logins_ended(std::string_view(message.topic).substr(prefix.size()));
  };
  login_news_ = house_->bus->subscribe("logins/*", {.wake = [this, look_at_logins] { loop_.post(look_at_logins); }});
  backup_control_->connect(*house_->bus, [this](const std::string& room) { room_created(room); });
  session_news_ = house_->bus->subscribe("session/*", {.wake = [this, forward] { loop_.post(forward); }});
}

api::realtime::ServerOptions StudioServer::realtime_options() const {
  auto options = config_.realtime_conformance ? api::realtime::conformance_options() : api::realtime::studio_options();
  options.open_rooms = config_.open_rooms;
  options.nodes.rooms = config_.node_rooms;
  if (!config_.cors_origins.empty()) options.engine.allowed_origins = config_.cors_origins;
  return options;
}

std::vector<api::Mount> StudioServer::realtime_mounts() {
  const net::HttpHandler handler{
      .request = [this](net::Request request,
                        net::Responder respond) { realtime_->request(std::move(request), std::move(respond)); },
      .stream = {},
      .web_socket = [this](const net::Request& request) { return realtime_->web_socket(request); }};
  std::vector<api::Mount> mounts{{"/socket.io/", handler}};
  if (config_.realtime_conformance)
    for (const char* prefix : {"/engine.io/", "/echo"}) mounts.push_back({prefix, handler});
  return mounts;
}

bool StudioServer::https() const { return tls_ || config_.public_url.starts_with("https:"); }

base::Result<net::ServerOptions> StudioServer::http_options() const {
  net::ServerOptions options;
  options.tls = tls_;
  options.answer_headers = api::default_security_headers(https());
  options.connections_per_address = config_.connections_per_address;
  for (const auto& text : config_.trusted_proxies) {
    GREENROOM_TRY(const auto range, net::parse_address_range(text));
    options.trusted_proxies.push_back(range);
  }
  return options;
}

base::Status StudioServer::open_api() {
  answers_ = std::make_unique<studio::Answers>(*house_->database);
  if (!config_.tls_certificate.empty()) {
    GREENROOM_TRY(tls_, net::Tls::open({config_.tls_certificate, config_.tls_key}));
  }
  api::ApiDeps deps{
      .people = *house_->people,
      .studio = *house_->studio,
      .uploads = *house_->uploads,
      .run_blocking = [this](std::function<void()> work) { return pool_.run(std::move(work)); },
      .clock = net::wall_now,
      .media = [this](const api::MediaWish& wish) { return media_bytes(*house_->blobs, wish); },
      .statistics = make_statistics(
          {loop_, *realtime_, *media_, *recorder_, http_, *house_->database, *house_->bus, mover_.get(), stopping_}),
      .log = log_,
      .https = https(),
      .web = web_assets(),
      .mounts = realtime_mounts(),
      .answers = answers_.get(),
      .cors_origins = config_.cors_origins,
      .rate_limit = config_.rate_limit,
      .providers = {},
      .whip = whip_.get(),
      .media_origin = house_->s3 && config_.storage.delivery == "redirect" ? house_->s3->client().origin() : "",
      .public_url = [this] { return public_url(); },
  };
  for (const auto& provider : house_->providers) deps.providers.push_back(provider.get());
  GREENROOM_TRY(auto options, http_options());
  http_ = std::make_unique<net::HttpServer>(loop_, pool_, std::move(options), api::make_http_handler(std::move(deps)),
                                            log_);
  GREENROOM_TRY(const auto address, base::parse_ip(config_.host, config_.port));
  GREENROOM_TRY(port_, http_->listen(address));
  return {};
}

std::string StudioServer::public_url() const {
  if (config_.public_url.empty()) return fmt::format("{}://localhost:{}", tls_ ? "https" : "http", port_);
  return config_.public_url.substr(0, config_.public_url.find_last_not_of('/') + 1);
}

// For the person at the terminal; everything else is the log's.
base::Status StudioServer::announce() {
  const auto url = public_url();
  std::printf("Greenroom is at %s\n", url.c_str());
  GREENROOM_TRY(const auto token, house_->people->make_setup_token());
  if (token) std::printf("Create the owner: %s/setup?token=%s\n", url.c_str(), token->c_str());
  std::printf("Ready.\n");
  std::fflush(stdout);
  return {};
}

void StudioServer::start_clockwork() {
  jobs_ = std::make_unique<JobRunner>(PlaceConfig{house_->data, config_.database, {}, config_.storage}, *house_->queue,
                                      *house_->studio, log_);
  watch_media();
  clockwork_.push_back(std::make_unique<Repeating>(loop_, pool_, job_tick, [this] { jobs_->turn(net::wall_now()); }));
  clockwork_.push_back(std::make_unique<Repeating>(loop_, pool_, reconcile_tick, [this] {
    if (auto status = house_->studio->reconcile(); !status)
      log_.error("studio.reconcile", {{"error", status.error().what}, {"context", status.error().context}});
  }));
  clockwork_.push_back(std::make_unique<Repeating>(loop_, pool_, nodes_tick, [this] {
    if (auto status = recover_from_dead_nodes(*house_->bus, *house_->studio); !status)
      log_.error("studio.recover", {{"error", status.error().what}, {"context", status.error().context}});
  }));
  clockwork_.push_back(std::make_unique<Repeating>(loop_, pool_, certificate_tick, [this] {
    if (tls_ && tls_->changed()) exchange_certificate();
  }));
  clockwork_.push_back(std::make_unique<Repeating>(loop_, pool_, purge_tick, [this] {
    if (auto status = answers_->purge(net::wall_now()); !status)
      log_.error("answers.purge", {{"error", status.error().what}, {"context", status.error().context}});
    if (auto status = house_->people->tidy(); !status)
      log_.error("people.tidy", {{"error", status.error().what}, {"context", status.error().context}});
  }));
}

// What a certificate's renewal leaves behind is used without a restart: at SIGHUP, or when the files have changed.
void StudioServer::exchange_certificate() {
  if (!tls_) return;
  if (const auto status = tls_->reload()) {
    log_.info("tls.reloaded", {{"certificate", config_.tls_certificate.string()}});
  } else {
    log_.error("tls.reload", {{"error", status.error().what}, {"context", status.error().context}});
  }
}

void StudioServer::close_on_signal() {
  loop_.on_hangup([this] {
    if (!pool_.run([this] { exchange_certificate(); }))
      log_.error("tls.reload", {{"error", "the blocking pool is full"}});
  });
  loop_.on_signal([this](int signal) {
    log_.info("serve.closing", {{"signal", std::int64_t(signal)}});
    if (stopping_.exchange(true) || config_.drain_seconds == 0) return close();  // who asks twice will not wait
    http_->drain();
    drain_timer_ = loop_.after(std::chrono::seconds(config_.drain_seconds), [this] { close(); });
  });
}

void StudioServer::close() {
  drain_timer_.cancel();
  clockwork_.clear();
  realtime_->close();
  http_->close(close_deadline, [this] { loop_.stop(); });
}

// Every client is a file to the kernel, which lets a process have a thousand unless it asks for more.
void allow_many_files() {
  rlimit files{};
  if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace

int run_serve(const ServeConfig& config, base::LogSink& log) {
  ::signal(SIGPIPE, SIG_IGN);
  allow_many_files();
  StudioServer server(config, log);
  if (const auto status = server.open(); !status) {
    log.error("serve.open", {{"error", status.error().what}, {"context", status.error().context}});
    return 1;
  }
  server.run();
  return 0;
}

}  // namespace greenroom::app
