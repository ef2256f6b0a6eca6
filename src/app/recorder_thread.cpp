#include "app/recorder_thread.hpp"

#include "base/thread_name.hpp"
#include "net/clock.hpp"

namespace greenroom::app {
namespace {

constexpr auto tick = std::chrono::milliseconds(100);

}  // namespace

RecorderThread::RecorderThread(std::filesystem::path root, base::LogSink& log, crypto::StorageKeys keys)
    : recorder_(std::move(root), log, std::move(keys)), thread_([this] { run(); }) {}

RecorderThread::~RecorderThread() {
  stopping_ = true;
  wake_.release();
  thread_.join();
}

bool RecorderThread::push(record::RecorderInput input) { return mailbox_.push(std::move(input)); }

void RecorderThread::run() {
  base::name_this_thread("recorder");
  // The tick paces the disk: pushes do not wake this thread, so a media thread pays no system call for them.
  while (!stopping_) {
    static_cast<void>(wake_.try_acquire_for(tick));
    while (auto input = mailbox_.pop()) recorder_.handle(*input);
    recorder_.advance(net::wall_now());
  }
  while (auto input = mailbox_.pop()) recorder_.handle(*input);
  recorder_.flush();
}

}  // namespace greenroom::app
