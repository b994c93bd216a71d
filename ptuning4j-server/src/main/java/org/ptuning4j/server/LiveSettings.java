package org.ptuning4j.server;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.auth.KeySource;
import org.ptuning4j.server.auth.Keys;
import org.ptuning4j.server.config.Limits;
import org.ptuning4j.server.config.ServerSettings;
import org.ptuning4j.server.tls.ServerCertificate;
import org.ptuning4j.server.tls.TlsFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings of a running server. Limits on requests, names of hosts, keys and certificate may
 * change with their files; everything else is as it was at the start.
 */
final class LiveSettings {

  private static final Logger LOG = LoggerFactory.getLogger(LiveSettings.class);

  private final ServerSettings start;
  private final Optional<Path> file;
  private final Optional<ServerCertificate> certificate;
  private final AtomicReference<Current> current;

  /** What may change. */
  private record Current(Limits limits, Set<String> hosts, Optional<Keys> keys) {}

  /**
   * The settings at the start.
   *
   * @param file where they were read from, if they were
   * @throws InvalidInputException if keys or certificate cannot be read
   */
  LiveSettings(ServerSettings start, Optional<Path> file) {
    this.start = start;
    this.file = file;
    this.certificate = start.tls().map(ServerCertificate::new);
    this.current =
        new AtomicReference<>(
            new Current(start.limits(), start.hosts(), start.keys().map(KeySource::read)));
  }

  Limits limits() {
    return current.get().limits();
  }

  Set<String> hosts() {
    return current.get().hosts();
  }

  Optional<Keys> keys() {
    return current.get().keys();
  }

  Optional<ServerCertificate> certificate() {
    return certificate;
  }

  /** The files whose changes matter. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    file.ifPresent(files::add);
    start.keys().flatMap(KeySource::file).ifPresent(files::add);
    start.tls().map(TlsFiles::files).ifPresent(files::addAll);
    return files;
  }

  /** Takes what may change anew; each part that is not usable stays as it is, and is logged. */
  void reload() {
    attempt(
        "settings",
        () -> {
          ServerSettings read = file.map(ServerSettings::read).orElse(start);
          Limits limits = start.limits().reloadedWith(read.limits());
          current.updateAndGet(was -> new Current(limits, read.hosts(), was.keys()));
        });
    attempt(
        "keys",
        () -> {
          Optional<Keys> keys = start.keys().map(KeySource::read);
          current.updateAndGet(was -> new Current(was.limits(), was.hosts(), keys));
        });
    attempt("certificate", () -> certificate.ifPresent(ServerCertificate::reload));
  }

  private static void attempt(String what, Runnable reload) {
    try {
      reload.run();
      LOG.info("Taken anew: {}", what);
    } catch (InvalidInputException e) {
      LOG.warn("Not usable, so left as before: {}: {}", what, e.getMessage());
    }
  }
}
