package org.ptuning4j.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Looks now and then whether files have changed. It looks at times and sizes, because files that
 * are mounted into containers do not tell of their changes.
 */
public final class FileWatch implements AutoCloseable {

  private final List<Path> files;
  private final Runnable changed;
  private final ScheduledExecutorService timer;
  private final ScheduledFuture<?> looking;
  private List<State> last; // of the timer's thread after construction

  /** What is seen of a file; all 0 where it is missing. */
  private record State(long modified, long size, Object key) {

    static State of(Path file) {
      try {
        BasicFileAttributes seen = Files.readAttributes(file, BasicFileAttributes.class);
        return new State(seen.lastModifiedTime().toMillis(), seen.size(), seen.fileKey());
      } catch (IOException e) {
        return new State(0, 0, null);
      }
    }
  }

  /**
   * Begins to watch.
   *
   * @param everyMillis between two looks
   * @param changed is run after each look that finds a change
   */
  public FileWatch(List<Path> files, long everyMillis, Runnable changed) {
    this.files = List.copyOf(files);
    this.changed = changed;
    this.last = states();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            work -> {
              Thread thread = new Thread(work, "ptuning4j-file-watch");
              thread.setDaemon(true);
              return thread;
            });
    this.looking =
        timer.scheduleWithFixedDelay(this::look, everyMillis, everyMillis, TimeUnit.MILLISECONDS);
  }

  private List<State> states() {
    List<State> states = new ArrayList<>();
    files.forEach(file -> states.add(State.of(file)));
    return states;
  }

  private void look() {
    List<State> now = states();
    if (!now.equals(last)) {
      last = now;
      changed.run();
    }
  }

  @Override
  public void close() {
    looking.cancel(false);
    timer.shutdown();
  }
}
