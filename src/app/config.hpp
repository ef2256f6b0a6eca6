// What a person can set, from flags, environment and a file, in this order of precedence. Parsed once at start.
#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace greenroom::app {

// Where sealed bytes end up.
struct StorageConfig {
  std::string place = "disk";  // in the data folder; or s3://bucket/prefix
  std::string endpoint = {};   // https://host:port; empty: AWS's of the region
  std::string region = "us-east-1";
  bool path_style = false;
  std::string access_key = {};
  std::string secret_key = {};
  std::string session_token = {};          // of temporary keys
  std::filesystem::path credentials = {};  // a file with the keys, as AWS's tools have it; wins over those
  std::filesystem::path ca_file = {};      // whom to trust; empty: the system's list
  std::string delivery = "proxy";          // results go through us; or "redirect": browsers fetch them from S3
  std::filesystem::path key_file = {};     // what is kept is encrypted under its keys; empty: nothing is
};

// Where a process finds what the server keeps.
struct PlaceConfig {
  std::filesystem::path data = "data";
  std::string database = "sqlite";  // in the data folder; or postgresql://user:password@host/name
  std::string redis = {};           // redis://user:password@host:port/db: where the other servers are; empty: none
  StorageConfig storage = {};
};

struct MailConfig {
  std::string smtp;  // smtp://user:password@host:port; empty: mails are files in <data>/mail
  std::string from = "Greenroom <greenroom@localhost>";
};

// Sign-in with somebody else's account (people/oidc.hpp says what each is); without a client id there is none.
struct ProviderConfig {
  std::string name = "your account elsewhere";
  std::string issuer;
  std::string client_id;
  std::string client_secret;
  std::string scope = "openid email profile";
  std::string authorization_url;
  std::string token_url;
  std::string userinfo_url;
  std::string subject_member = "sub";
  bool emails_are_verified = false;
};

// Servers that help browsers behind NAT and firewalls (RFC 7064, RFC 7065); we only tell clients of them.
struct IceServersConfig {
  std::vector<std::string> stun_urls;   // stun:host:port
  std::vector<std::string> turn_urls;   // turn:host:port?transport=udp, turns:host:port
  std::string turn_secret;              // shared with the TURN server: coturn's static-auth-secret
  std::uint32_t turn_seconds = 43'200;  // how long a credential is good: as long as a person may stay in one call
};

struct ServeConfig {
  std::string host = "0.0.0.0";
  std::uint16_t port = 4000;  // 0: any free one
  std::filesystem::path data = "data";
  std::string database = "sqlite";
  std::string redis;  // where several servers meet; empty: this one is alone
  StorageConfig storage;
  std::string public_url;                  // how people reach us; empty: http://localhost:<port>
  std::vector<std::string> announced_ips;  // in ICE candidates; empty: this machine's own addresses
  std::uint16_t rtc_min_port = 40'000;     // each shard takes the first free port of this range
  std::uint16_t rtc_max_port = 40'100;
  IceServersConfig ice_servers;
  unsigned shards = 0;        // 0: one per core
  unsigned room_split = 500;  // people of a room on one of them
  unsigned node_rooms = 30;   // with which this server has enough, where there are others
  bool open_rooms = false;
  std::string registration = "open";      // or "closed": accounts by invitation only
  bool realtime_conformance = false;      // instead of signaling: what the official protocol suites talk to
  std::vector<std::string> cors_origins;  // pages of other sites that may use the API with a login; "*": any, without
  double rate_limit = 100;                // requests a second of one caller; 0: no limit
  std::filesystem::path tls_certificate;  // PEM; with tls_key: HTTPS instead of HTTP
  std::filesystem::path tls_key;
  std::size_t connections_per_address = 1'000;  // at once; 0: no limit; this machine's own are not counted
  std::uint32_t drain_seconds = 0;              // between the signal to stop and the end of listening: /ready says no
  std::vector<std::string> trusted_proxies;     // addresses whose X-Forwarded-* is believed
  MailConfig mail;
  ProviderConfig provider;
  std::string log_level = "info";
};

struct WorkConfig {
  std::filesystem::path data;
  std::string database = "sqlite";
  StorageConfig storage;
  std::string job;
  std::string log_level = "info";
};

struct MigrateConfig {
  PlaceConfig place;
};

struct BackupConfig {
  PlaceConfig place;
  std::filesystem::path file;
  bool media = false;  // the recordings too
};

struct RestoreConfig {
  PlaceConfig place;
  std::filesystem::path file;
};

struct InspectConfig {
  std::filesystem::path file;
  int tiles = 0;
  std::vector<double> tones_hz;
};

struct VerifyConfig {
  std::filesystem::path folder;
  std::filesystem::path key_file = {};
  bool json = false;
};

struct DecryptConfig {
  std::filesystem::path from;  // a file, or a folder; empty: standard input
  std::filesystem::path to;    // the same, new; empty: standard output
  std::filesystem::path key_file;
};

struct StorageKeyConfig {};

struct PrintConfig {
  std::string what;  // "openapi", "events" or "version"
};

// The load generator (src/load): which server, and what it is put to.
struct BenchConfig {
  std::string url;        // empty: this binary is started for each measurement
  std::vector<int> pids;  // of the server at `url`: whose processor time and memory are measured
  std::vector<std::string> shapes{"fanout"};
  std::vector<std::size_t> subscribers{50, 200, 500, 1000, 2000};  // of fanout
  unsigned packets_per_second = 150;                               // of fanout's publisher
  unsigned runs = 1;
  unsigned seconds = 10;          // measured, each
  std::size_t check_every = 10;   // one in so many subscribers opens what it gets
  bool coalesce = true;           // the receiving sockets' UDP_GRO
  unsigned feedback_ms = 100;     // between a subscriber's transport-wide reports
  unsigned shards = 1;            // of a server that we start
  unsigned room_split = 500;      // likewise
  std::size_t cycles = 10'000;    // of join-leave
  unsigned flood_rate = 100'000;  // packets a second
  bool json = false;
};

// The process should end at once with this code: help was printed, or the flags were wrong and that was said.
struct Exit {
  int code = 0;
};

using Command = std::variant<ServeConfig, WorkConfig, MigrateConfig, BackupConfig, RestoreConfig, InspectConfig,
                             VerifyConfig, DecryptConfig, StorageKeyConfig, BenchConfig, PrintConfig, Exit>;

Command parse_command_line(int argc, char** argv);

}  // namespace greenroom::app
