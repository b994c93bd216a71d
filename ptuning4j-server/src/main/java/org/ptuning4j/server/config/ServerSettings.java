package org.ptuning4j.server.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.Fields;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.server.auth.KeySource;
import org.ptuning4j.server.tls.TlsFiles;
import org.ptuning4j.server.yaml.YamlText;

/**
 * How a server is set up, beside its address and what it serves.
 *
 * @param limits what requests may take
 * @param hosts names that the server has; where there are some, requests for others are refused
 * @param keys where its keys are; empty where everybody may ask
 * @param tls its certificate; empty for plain HTTP
 * @param admin where packs are loaded and removed and metrics are read; empty for nowhere
 * @param grpc where the Open Inference Protocol is spoken over gRPC; empty for nowhere
 * @param accessLog whether a line is logged for each request
 */
public record ServerSettings(
    Limits limits,
    Set<String> hosts,
    Optional<KeySource> keys,
    Optional<TlsFiles> tls,
    Optional<Address> admin,
    Optional<Address> grpc,
    boolean accessLog) {

  private static final List<String> NAMES =
      List.of("limits", "hosts", "keys", "tls", "admin", "grpc", "access-log");

  /** Copies the names. */
  public ServerSettings {
    hosts = Set.copyOf(hosts);
  }

  /** The usual ones. */
  public static ServerSettings standard() {
    return of(YamlText.of(""), Path.of(""));
  }

  /** The usual ones with other limits. */
  public static ServerSettings of(Limits limits) {
    return new ServerSettings(
        limits,
        Set.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        true);
  }

  /**
   * Reads a file of YAML.
   *
   * @throws InvalidInputException if it cannot be read, or a setting is not known or not usable
   */
  public static ServerSettings read(Path file) {
    try {
      return of(YamlText.of(file), file.toAbsolutePath().getParent());
    } catch (InvalidInputException e) {
      throw e.in(file.toString());
    }
  }

  private static ServerSettings of(Fields fields, Path folder) {
    fields.requireOnly(NAMES);
    Map<String, String> environment = System.getenv();
    return new ServerSettings(
        fields.has("limits") ? Limits.read(fields.object("limits")) : Limits.standard(),
        Set.copyOf(fields.textsOrNone("hosts")),
        part(fields, "keys").map(part -> KeySource.read(part, folder)),
        part(fields, "tls").map(part -> TlsFiles.read(part, folder, environment)),
        part(fields, "admin").map(ServerSettings::address),
        part(fields, "grpc").map(ServerSettings::address),
        fields.flag("access-log", true));
  }

  private static Optional<Fields> part(Fields fields, String name) {
    return fields.has(name) ? Optional.of(fields.object(name)) : Optional.empty();
  }

  private static Address address(Fields fields) {
    fields.requireOnly(List.of("host", "port"));
    return new Address(fields.optionalText("host").orElse("127.0.0.1"), fields.integer("port"));
  }
}
