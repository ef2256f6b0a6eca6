#include "record/recorder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace greenroom::record {
namespace {

std::string os_error() { return std::strerror(errno); }

// Ids come from our own server, but they name files: nothing in them may lead elsewhere.
std::string file_part(std::string_view text) {
  std::string out;
  for (char c : text.substr(0, 100)) {
    const bool plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    out.push_back(plain ? c : '_');
  }
  return out.empty() ? "_" : out;
}

// A track's name is new in every process; should a file of that name be there all the same, it is not touched.
int open_new(const std::filesystem::path& folder, const std::string& name) {
  int handle = -1;
  for (int copy = 1; copy < 100; ++copy) {
    const auto path = folder / (name + (copy == 1 ? "" : "." + std::to_string(copy)) + ".grlog");
    handle = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
    if (handle >= 0 || errno != EEXIST) break;
  }
  return handle;
}

// The names of new files are durable only when their folder is.
void sync_folder(const std::filesystem::path& folder) {
  const int handle = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (handle < 0) return;
  ::fsync(handle);
  ::close(handle);
}

}  // namespace

class Recorder::Track {
 public:
  Track(int handle, std::optional<crypto::NewEnvelope> encryption)
      : handle_(handle), encryption_(std::move(encryption)) {}
  Track(const Track&) = delete;
  Track& operator=(const Track&) = delete;
  ~Track() {
    if (handle_ >= 0) ::close(handle_);
  }

  // False once writing has failed; the error is in errno at that moment.
  bool append(const LogRecord& record) {
    if (buffer_.empty() && !started_) write_log_start(buffer_);
    started_ = true;
    write_log_record(record, buffer_);
    return buffer_.size() < write_buffer_size || write_out();
  }

  bool write_out() {
    if (encryption_ && !buffer_.empty()) {
      if (written_ == 0) write(encryption_->envelope);
      encryption_->cipher.apply(written_, buffer_);
    }
    write(buffer_);
    written_ += buffer_.size();
    buffer_.clear();
    return !failed_;
  }

  bool sync() {
    if (!write_out()) return false;
    if (dirty_ && ::fdatasync(handle_) != 0) failed_ = true;
    dirty_ = false;
    return !failed_;
  }

  bool failed() const { return failed_; }

 private:
  void write(base::ByteView bytes) {
    while (!failed_ && !bytes.empty()) {
      const auto done = ::write(handle_, bytes.data(), bytes.size());
      if (done > 0) bytes = bytes.subspan(std::size_t(done)), dirty_ = true;
      if (done <= 0 && errno != EINTR) failed_ = true;
    }
  }

  int handle_;
  const std::optional<crypto::NewEnvelope> encryption_;
  std::uint64_t written_ = 0;  // of the log: its envelope is not counted
  base::Bytes buffer_;
  bool started_ = false;
  bool dirty_ = false;
  bool failed_ = false;
};

Recorder::Recorder(std::filesystem::path root, base::LogSink& log, crypto::StorageKeys keys)
    : root_(std::move(root)), log_(log), keys_(std::move(keys)) {}
Recorder::~Recorder() { flush(); }

void Recorder::handle(const RecorderInput& input) {
  struct Handler {
    Recorder& self;
    void operator()(const RecordingStarted& in) { self.begin(in); }
    void operator()(const TrackStarted& in) { self.start(in.header); }
    void operator()(const TrackPacket& in) {
      if (in.rtp.size() + 64 > log_record_size_max) {
        ++self.stats_.dropped;
        return;
      }
      self.append({in.recording, in.track}, LoggedPacket{in.arrival, in.rtp});
    }
    void operator()(const TrackSenderReport& in) {
      self.append({in.recording, in.track}, LoggedSenderReport{in.arrival, in.ntp, in.rtp_time});
    }
    void operator()(const TrackEnded& in) { self.end({in.recording, in.track}, in.at); }
    void operator()(const RecordingEnded& in) { self.end_recording(in.recording, in.at); }
  };
  std::visit(Handler{*this}, input);
}

void Recorder::begin(const RecordingStarted& recording) {
  if (scopes_.size() < recordings_max || scopes_.contains(recording.recording))
    scopes_[recording.recording] = recording.scope;
}

void Recorder::start(const TrackHeader& header) {
  const Key key{header.recording, header.track};
  if (tracks_.size() >= open_tracks_max || tracks_.contains(key)) {
    log_.warning("record.track_refused", {{"recording", header.recording}, {"track", header.track}});
    return;
  }
  const auto folder = root_ / file_part(header.recording);
  std::error_code made;
  std::filesystem::create_directories(folder, made);
  const int handle = open_new(folder, file_part(header.track));
  if (handle < 0) {
    log_.error("record.cannot_open", {{"folder", folder.string()}, {"error", os_error()}});
    return;
  }
  sync_folder(folder);
  sync_folder(root_);
  std::optional<crypto::NewEnvelope> encryption;
  if (!keys_.empty()) {
    const auto scope = scopes_.find(header.recording);
    encryption = keys_.make_envelope(scope == scopes_.end() ? crypto::Scope() : scope->second, rng_);
  }
  tracks_.emplace(key, std::make_unique<Track>(handle, std::move(encryption)));
  stats_.open_tracks = tracks_.size();
  append(key, header);
}

void Recorder::append(const Key& key, const LogRecord& record) {
  const auto found = tracks_.find(key);
  if (found == tracks_.end() || found->second->failed()) {
    ++stats_.dropped;
    return;
  }
  if (!found->second->append(record))
    log_.error("record.cannot_write", {{"recording", key.first}, {"track", key.second}, {"error", os_error()}});
  if (const auto* packet = std::get_if<LoggedPacket>(&record)) {
    ++stats_.packets;
    stats_.bytes += packet->rtp.size();
  }
}

void Recorder::end(const Key& key, base::WallTime at) {
  const auto found = tracks_.find(key);
  if (found == tracks_.end()) return;
  append(key, LoggedEnd{at});
  if (!found->second->sync()) log_.error("record.cannot_write", {{"recording", key.first}, {"track", key.second}});
  tracks_.erase(found);
  stats_.open_tracks = tracks_.size();
}

void Recorder::end_recording(const std::string& recording, base::WallTime at) {
  std::vector<Key> ending;
  for (const auto& [key, track] : tracks_)
    if (key.first == recording) ending.push_back(key);
  for (const auto& key : ending) end(key, at);
  scopes_.erase(recording);
}

void Recorder::advance(base::WallTime now) {
  if (now - flushed_ < flush_interval) return;
  flushed_ = now;
  flush();
}

void Recorder::flush() {
  for (auto& [key, track] : tracks_) {
    const bool known = track->failed();
    if (!track->sync() && !known)
      log_.error("record.cannot_write", {{"recording", key.first}, {"track", key.second}, {"error", os_error()}});
  }
}

std::vector<std::filesystem::path> find_logs(const std::filesystem::path& root, const std::string& recording) {
  std::vector<std::filesystem::path> logs;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(root / file_part(recording), none))
    if (entry.path().extension() == ".grlog") logs.push_back(entry.path());
  std::sort(logs.begin(), logs.end());
  return logs;
}

}  // namespace greenroom::record
