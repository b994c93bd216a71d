package org.ptuning4j.hub.download;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessLockTest {

  @TempDir Path folder;

  @Test
  void oneThreadHoldsItAtATime() throws IOException, InterruptedException {
    Path file = folder.resolve("a/bé/lock");
    AtomicInteger inside = new AtomicInteger();
    CountDownLatch waiting = new CountDownLatch(1);
    Thread second;
    try (ProcessLock held = ProcessLock.acquire(file, DownloadListener.SILENT)) {
      assertThat(held.file()).isEqualTo(file);
      second =
          new Thread(
              () -> {
                try (ProcessLock mine =
                    ProcessLock.acquire(
                        file,
                        new DownloadListener() {
                          @Override
                          public void remarked(String line) {
                            waiting.countDown();
                          }
                        })) {
                  assertThat(mine.file()).isEqualTo(file);
                  inside.incrementAndGet();
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      second.start();
      assertThat(waiting.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(inside).hasValue(0);
    }
    second.join();
    assertThat(inside).hasValue(1);
    assertThat(file).exists();
    ProcessLock.acquire(file, DownloadListener.SILENT).close();
  }
}
