#include "app/config.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <regex>

#include "base/address.hpp"

namespace greenroom::app {
namespace {

void add_database_option(CLI::App& app, std::string& database) {
  app.add_option("--database", database, "sqlite (in the data folder) or postgresql://user:password@host/name")
      ->envname("DATABASE_URL")
      ->capture_default_str();
}

CLI::Option* add_key_file_option(CLI::App& app, std::filesystem::path& file) {
  return app
      .add_option(
          "--storage-key-file", file,
          "a file with keys that recordings are encrypted under: the first for new ones, the others for reading")
      ->envname("GREENROOM_STORAGE_KEY_FILE");
}

void add_storage_options(CLI::App& app, StorageConfig& storage) {
  add_key_file_option(app, storage.key_file);
  app.add_option("--storage", storage.place, "disk (in the data folder) or s3://bucket/prefix for what is complete")
      ->envname("GREENROOM_STORAGE")
      ->capture_default_str();
  app.add_option("--s3-endpoint", storage.endpoint, "https://host:port of a storage that is not AWS's")
      ->envname("S3_ENDPOINT");
  app.add_option("--s3-region", storage.region, "the bucket's region")->envname("S3_REGION")->capture_default_str();
  app.add_flag("--s3-path-style", storage.path_style, "the bucket is in the path, not in the host's name")
      ->envname("S3_PATH_STYLE");
  app.add_option("--s3-access-key", storage.access_key, "the storage's access key")->envname("AWS_ACCESS_KEY_ID");
  app.add_option("--s3-secret-key", storage.secret_key, "its secret")->envname("AWS_SECRET_ACCESS_KEY");
  app.add_option("--s3-session-token", storage.session_token, "of temporary keys")->envname("AWS_SESSION_TOKEN");
  app.add_option("--s3-credentials", storage.credentials, "a file with aws_access_key_id and aws_secret_access_key")
      ->envname("S3_CREDENTIALS");
  app.add_option("--s3-ca", storage.ca_file, "certificates (PEM) to trust in place of the system's")->envname("S3_CA");
  app.add_option("--s3-delivery", storage.delivery,
                 "proxy: results come through this server; redirect: browsers fetch them from the storage")
      ->envname("S3_DELIVERY")
      ->check(CLI::IsMember({"proxy", "redirect"}))
      ->capture_default_str();
}

void add_place_options(CLI::App& app, PlaceConfig& place) {
  app.add_option("--data", place.data, "the server's data folder")->envname("GREENROOM_DATA")->capture_default_str();
  add_database_option(app, place.database);
}

void add_mail_options(CLI::App& app, MailConfig& mail) {
  app.add_option("--smtp", mail.smtp, "mail server, smtp://user:password@host:port or smtps://…; without: files")
      ->envname("SMTP_URL");
  app.add_option("--mail-from", mail.from, "whom mail comes from")->envname("MAIL_FROM")->capture_default_str();
}

void add_provider_options(CLI::App& app, ProviderConfig& provider) {
  const auto add = [&](const char* flag, std::string& value, const char* variable, const char* words) {
    app.add_option(flag, value, words)->envname(variable);
  };
  add("--oidc-name", provider.name, "OIDC_NAME", "what the button of the sign-in page says");
  add("--oidc-issuer", provider.issuer, "OIDC_ISSUER", "OpenID Connect provider for signing in");
  add("--oidc-client-id", provider.client_id, "OIDC_CLIENT_ID", "this server's name at the provider");
  add("--oidc-client-secret", provider.client_secret, "OIDC_CLIENT_SECRET", "this server's secret at the provider");
  add("--oidc-scope", provider.scope, "OIDC_SCOPE", "what is asked for");
  add("--oidc-authorization-url", provider.authorization_url, "OIDC_AUTHORIZATION_URL", "plain OAuth 2.0: its page");
  add("--oidc-token-url", provider.token_url, "OIDC_TOKEN_URL", "plain OAuth 2.0: where codes become tokens");
  add("--oidc-userinfo-url", provider.userinfo_url, "OIDC_USERINFO_URL", "plain OAuth 2.0: the person's data");
  add("--oidc-subject", provider.subject_member, "OIDC_SUBJECT", "plain OAuth 2.0: member with the person's id");
  app.add_flag("--oidc-emails-verified", provider.emails_are_verified, "the provider proves every e-mail address")
      ->envname("OIDC_EMAILS_VERIFIED");
}

// A server's address as RFC 7064 §3.1 and RFC 7065 §3.1 write it, without percent-encoding.
CLI::Validator ice_url(std::vector<std::string> schemes) {
  const auto check = [schemes](const std::string& url) -> std::string {
    static const std::regex form(
        R"(([a-z]+):([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(\?transport=(udp|tcp))?)");
    std::smatch part;
    const bool fits = std::regex_match(url, part, form) && std::ranges::find(schemes, part[1].str()) != schemes.end();
    return fits ? "" : url + " is no address like " + schemes.front() + ":host:3478";
  };
  return CLI::Validator(check, "");
}

void add_ice_server_options(CLI::App& app, IceServersConfig& config) {
  app.add_option("--stun-url", config.stun_urls,
                 "STUN server that clients are told of, stun:host:port; may be repeated")
      ->envname("STUN_URL")
      ->delimiter(',')
      ->check(ice_url({"stun", "stuns"}));
  auto* urls = app.add_option("--turn-url", config.turn_urls,
                              "TURN server that clients are told of, turn:host:port?transport=udp; may be repeated")
                   ->envname("TURN_URL")
                   ->delimiter(',')
                   ->check(ice_url({"turn", "turns"}));
  auto* secret =
      app.add_option("--turn-secret", config.turn_secret, "what it and this server know: coturn's static-auth-secret")
          ->envname("TURN_SECRET");
  app.add_option("--turn-seconds", config.turn_seconds, "how long a client's credential for it is good")
      ->envname("TURN_SECONDS")
      ->check(CLI::Range(60, 30 * 86'400))
      ->capture_default_str();
  urls->needs(secret);
}

void add_serve_options(CLI::App& app, ServeConfig& config) {
  app.set_config("--config", "", "a file with these options, one `name = value` a line");
  app.add_option("--host", config.host, "address to listen on")->envname("HOST")->capture_default_str();
  app.add_option("--port", config.port, "HTTP port; 0 takes any free one")->envname("PORT")->capture_default_str();
  app.add_option("--data", config.data, "folder of the database and all recordings")
      ->envname("GREENROOM_DATA")
      ->capture_default_str();
  add_database_option(app, config.database);
  app.add_option("--redis", config.redis,
                 "redis://user:password@host:port/db: several servers as one (with one database)")
      ->envname("REDIS_URL");
  add_storage_options(app, config.storage);
  app.add_option("--public-url", config.public_url, "how people reach this server")->envname("PUBLIC_URL");
  app.add_option("--announced-ip", config.announced_ips,
                 "address for media in ICE candidates, the best first; may be repeated")
      ->envname("ANNOUNCED_IP")
      ->delimiter(',')
      ->check(CLI::Validator(
          [](const std::string& ip) { return base::parse_ip(ip, 0) ? "" : ip + " is no IP address"; }, ""));
  app.add_option("--rtc-min-port", config.rtc_min_port, "first port for media, UDP and TCP")
      ->envname("RTC_MIN_PORT")
      ->capture_default_str();
  app.add_option("--rtc-max-port", config.rtc_max_port, "last port for media")
      ->envname("RTC_MAX_PORT")
      ->capture_default_str();
  app.callback([&config] {
    if (config.rtc_min_port > config.rtc_max_port)
      throw CLI::ValidationError("--rtc-min-port", "is above --rtc-max-port");
  });
  add_ice_server_options(app, config.ice_servers);
  app.add_option("--shards", config.shards, "media threads; 0 is one per core")->check(CLI::Range(0, 256));
  app.add_option("--room-split", config.room_split,
                 "people of one room on one media thread; those who come then are on another")
      ->envname("ROOM_SPLIT")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--node-rooms", config.node_rooms,
                 "rooms with which this server has enough, so that new ones begin on others that have fewer")
      ->envname("NODE_ROOMS")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  app.add_option("--cors-origin", config.cors_origins,
                 "origin whose pages may use the API with a login; may be repeated; * for any, without a login")
      ->envname("CORS_ORIGIN")
      ->delimiter(',');
  app.add_option("--rate-limit", config.rate_limit, "requests a second of one caller; 0 is no limit")
      ->envname("RATE_LIMIT")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  auto* certificate = app.add_option("--tls-certificate", config.tls_certificate,
                                     "certificate chain (PEM) to serve HTTPS with; exchanged when the file changes")
                          ->envname("TLS_CERTIFICATE");
  auto* key = app.add_option("--tls-key", config.tls_key, "its private key (PEM)")->envname("TLS_KEY");
  certificate->needs(key);
  key->needs(certificate);
  app.add_option("--connections-per-address", config.connections_per_address,
                 "open connections of one address; 0 is no limit; this machine's own are not counted")
      ->envname("CONNECTIONS_PER_ADDRESS")
      ->capture_default_str();
  app.add_option("--drain-seconds", config.drain_seconds,
                 "how long to go on listening after SIGTERM, while /ready says no, for a load balancer to notice")
      ->envname("DRAIN_SECONDS")
      ->check(CLI::Range(0, 600))
      ->capture_default_str();
  app.add_option("--trusted-proxy", config.trusted_proxies,
                 "address or range of a proxy whose X-Forwarded-For and -Proto are believed; may be repeated")
      ->envname("TRUSTED_PROXY")
      ->delimiter(',');
  add_mail_options(app, config.mail);
  add_provider_options(app, config.provider);
  app.add_option("--registration", config.registration, "open: anyone may make an account; closed: by invitation only")
      ->envname("REGISTRATION")
      ->check(CLI::IsMember({"open", "closed"}))
      ->capture_default_str();
  app.add_flag("--open-rooms", config.open_rooms, "let anyone use the signaling events, without a session or token");
  app.add_flag("--realtime-conformance", config.realtime_conformance,
               "serve the echoes that the Engine.IO and Socket.IO test suites expect, in place of signaling");
  app.add_option("--log-level", config.log_level, "debug, info, warning or error")
      ->envname("LOG_LEVEL")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
}

void add_bench_options(CLI::App& app, BenchConfig& config) {
  auto* url = app.add_option("--url", config.url, "http://address:port of a server; without: one of this binary's own");
  app.add_option("--pid", config.pids, "process of that server; may be repeated")->needs(url);
  app.add_option("--shape", config.shapes, "what to do; may be repeated")
      ->check(CLI::IsMember({"fanout", "rooms-10x10", "rooms-17x10", "rooms-30x10", "delivery", "join-leave", "flood"}))
      ->delimiter(',')
      ->capture_default_str();
  app.add_option("--subscribers", config.subscribers, "fanout's, each number a measurement")
      ->delimiter(',')
      ->check(CLI::Range(1, 4000))
      ->capture_default_str();
  app.add_option("--rate", config.packets_per_second, "packets a second of fanout's publisher, in 30 bursts")
      ->check(CLI::Range(30, 900))
      ->capture_default_str();
  app.add_option("--runs", config.runs, "of each, interleaved; the medians are told")->check(CLI::Range(1, 100));
  app.add_option("--seconds", config.seconds, "measured, each")->check(CLI::Range(1, 3600))->capture_default_str();
  app.add_option("--check-every", config.check_every, "one in so many subscribers decrypts what it gets")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_flag("--coalesce,!--no-coalesce", config.coalesce, "UDP_GRO on the subscribers' sockets");
  app.add_option("--feedback-ms", config.feedback_ms, "between a subscriber's reports")
      ->check(CLI::Range(10, 1000))
      ->capture_default_str();
  app.add_option("--shards", config.shards, "media threads of a server of our own")->check(CLI::Range(1, 256));
  app.add_option("--room-split", config.room_split, "people of a room on one of them")->check(CLI::Range(1, 100'000));
  app.add_option("--cycles", config.cycles, "of join-leave")->capture_default_str();
  app.add_option("--flood-rate", config.flood_rate, "of flood, packets a second")->capture_default_str();
  app.add_flag("--json", config.json);
}

}  // namespace

Command parse_command_line(int argc, char** argv) {
  CLI::App app("Greenroom: a studio of your own", "greenroom");
  app.require_subcommand(1);

  ServeConfig serve;
  auto* serve_app = app.add_subcommand("serve", "run the studio");
  add_serve_options(*serve_app, serve);

  WorkConfig work;
  auto* work_app = app.add_subcommand("work", "run one job of the queue (the server starts these itself)");
  work_app->add_option("--data", work.data, "the server's data folder")->required();
  add_database_option(*work_app, work.database);
  add_storage_options(*work_app, work.storage);
  work_app->add_option("--job", work.job, "the job's id")->required();

  MigrateConfig migrate;
  auto* migrate_app = app.add_subcommand("migrate", "bring the database's tables to this version (serve does it too)");
  add_place_options(*migrate_app, migrate.place);

  BackupConfig backup;
  auto* backup_app = app.add_subcommand("backup", "write everything the server keeps into one file, while it runs");
  add_place_options(*backup_app, backup.place);
  backup_app->add_option("file", backup.file, "a new tar file")->required();
  backup_app->add_flag("--with-media", backup.media, "the recordings too, not the database and the secret alone");

  RestoreConfig restore;
  auto* restore_app = app.add_subcommand("restore", "a backup into an empty database (of either kind) and data folder");
  add_place_options(*restore_app, restore.place);
  restore_app->add_option("file", restore.file)->required()->check(CLI::ExistingFile);

  InspectConfig inspect;
  auto* inspect_app = app.add_subcommand("inspect", "judge a finished file by its content; prints JSON");
  inspect_app->add_option("file", inspect.file)->required()->check(CLI::ExistingFile);
  inspect_app->add_option("--tiles", inspect.tiles, "read burned-in time codes from this many tiles")
      ->check(CLI::Range(0, 10));
  inspect_app->add_option("--tones", inspect.tones_hz, "frequencies whose power over time is wanted")->delimiter(',');

  VerifyConfig verify;
  auto* verify_app = app.add_subcommand("verify", "judge a finished take by its folder, <data>/takes/<take>");
  verify_app->add_option("folder", verify.folder)->required()->check(CLI::ExistingDirectory);
  verify_app->add_flag("--json", verify.json, "the findings as JSON");
  add_key_file_option(*verify_app, verify.key_file);

  DecryptConfig decrypt;
  auto* decrypt_app = app.add_subcommand("decrypt", "encrypted files of the data folder, or of S3, as plain ones");
  decrypt_app->add_option("from", decrypt.from, "a file, or a folder with all that is in it; without: standard input")
      ->check(CLI::ExistingPath);
  decrypt_app->add_option("to", decrypt.to, "a new file or folder; without: standard output")
      ->check(CLI::NonexistentPath);
  add_key_file_option(*decrypt_app, decrypt.key_file)->required();

  auto* storage_key_app = app.add_subcommand("storage-key", "print a fresh key for --storage-key-file");

  BenchConfig bench;
  auto* bench_app = app.add_subcommand("bench", "measure a server from outside")->require_subcommand(1);
  auto* bench_sfu = bench_app->add_subcommand("sfu", "its media: peers with ICE, DTLS and SRTP over loopback");
  add_bench_options(*bench_sfu, bench);

  PrintConfig print;
  auto* print_app = app.add_subcommand("print", "print a document of the contract");
  print_app->add_option("what", print.what)->required()->check(CLI::IsMember({"openapi", "events", "version"}));

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return Exit{app.exit(error)};
  }
  if (*work_app) return work;
  if (*migrate_app) return migrate;
  if (*backup_app) return backup;
  if (*restore_app) return restore;
  if (*inspect_app) return inspect;
  if (*verify_app) return verify;
  if (*decrypt_app) return decrypt;
  if (*storage_key_app) return StorageKeyConfig{};
  if (*bench_app) return bench;
  if (*print_app) return print;
  return serve;
}

}  // namespace greenroom::app
