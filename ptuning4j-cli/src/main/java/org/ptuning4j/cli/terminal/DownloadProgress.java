package org.ptuning4j.cli.terminal;

import java.util.Locale;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.ptuning4j.hub.download.DownloadListener;

/**
 * Shows on standard error what is being fetched: one bar for all files of a model on a terminal, a
 * line elsewhere.
 */
public final class DownloadProgress implements DownloadListener, AutoCloseable {

  private static final int REFRESH_MILLIS = 250;
  private static final int MEGABYTE = 1_000_000;

  /** Less than this needs no bar. */
  private static final long WORTH_SHOWING = 2 * MEGABYTE;

  private final Console console;
  private ProgressBar bar; // null where nothing moves

  public DownloadProgress(Console console) {
    this.console = console;
  }

  @Override
  public synchronized void started(String what, long bytes, long present) {
    if (bytes - present < WORTH_SHOWING) {
      return;
    }
    if (!console.isInteractive()) {
      String left = present > 0 ? megabytes(bytes - present) + " of " : "";
      console.say("fetching " + what + ": " + left + megabytes(bytes));
      return;
    }
    bar =
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(bytes)
            .startsFrom(present, java.time.Duration.ZERO)
            .setUnit(" MB", MEGABYTE)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(REFRESH_MILLIS)
            .setConsumer(new ConsoleProgressBarConsumer(console.err()))
            .build();
  }

  private static String megabytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MB", (double) bytes / MEGABYTE);
  }

  @Override
  public synchronized void advanced(long bytes) {
    if (bar != null) {
      bar.stepBy(bytes);
    }
  }

  @Override
  public synchronized void finished() {
    close();
  }

  @Override
  public synchronized void remarked(String line) {
    console.say(bar == null ? line : "\r\u001b[K" + line);
  }

  @Override
  public synchronized void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
