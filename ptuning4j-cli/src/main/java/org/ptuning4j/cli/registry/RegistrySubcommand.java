package org.ptuning4j.cli.registry;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ptuning4j.cli.options.PackFolders;
import org.ptuning4j.cli.terminal.Command;
import org.ptuning4j.cli.terminal.Console;
import org.ptuning4j.cli.terminal.Json;
import org.ptuning4j.cli.terminal.TextTable;
import org.ptuning4j.registry.OpenedRegistry;
import org.ptuning4j.registry.PublishedPack;
import org.ptuning4j.registry.Trust;
import org.ptuning4j.registry.TrustedKey;
import org.ptuning4j.registry.VersionFacts;
import picocli.CommandLine.Option;

/** What the commands on a registry share: where it is, and how versions are shown. */
abstract class RegistrySubcommand extends Command {

  private static final int HASH_SHOWN = 12;

  @Option(
      names = "--registry",
      paramLabel = "DIR",
      order = 900,
      description =
          "The registry's folder, or its address in a bucket (s3://BUCKET/PREFIX). Default: the"
              + " environment variable "
              + PackFolders.REGISTRY
              + ".")
  String registry;

  @Option(
      names = "--json",
      order = 901,
      description = "Print JSON instead of tables, an object a line.")
  boolean json;

  RegistrySubcommand(Console console) {
    super(console);
  }

  /** Does the command's work over the registry. */
  abstract int call(OpenedRegistry opened);

  @Override
  public final Integer call() {
    try (OpenedRegistry opened =
        PackFolders.open(registry == null ? PackFolders.registry() : registry)) {
      return call(opened);
    }
  }

  static Trust trust(List<Path> keys) {
    return keys.isEmpty()
        ? Trust.anyone()
        : Trust.signedBy(keys.stream().map(TrustedKey::read).toList());
  }

  /** Shows versions, one a line. */
  final void print(List<PublishedPack> versions) {
    if (json) {
      versions.forEach(version -> console.print(new Json().line(fields(version))));
      return;
    }
    TextTable table = new TextTable();
    for (PublishedPack version : versions) {
      VersionFacts facts = version.facts();
      table.row(
          facts.reference().toString(),
          String.join(",", version.aliases()) + (version.retired() ? "retired" : ""),
          facts.task(),
          facts.method(),
          facts.backbone().id(),
          metrics(facts));
    }
    table.print(console, "");
  }

  /** Shows one version. */
  final void print(PublishedPack version) {
    if (json) {
      console.print(new Json().line(fields(version)));
      return;
    }
    VersionFacts facts = version.facts();
    TextTable table = new TextTable();
    table.row("version", facts.reference());
    table.row("aliases", String.join(", ", version.aliases()));
    table.row("published", facts.published() + " by " + facts.publisher());
    table.row("note", facts.note());
    table.row("task", facts.task() + " (" + facts.kind() + ")");
    table.row("method", facts.method());
    table.row("backbone", facts.backbone().id() + " " + shown(facts.backbone().weightsSha256()));
    table.row("metrics", metrics(facts));
    table.row("signed by", version.key().orElse("nobody"));
    facts
        .files()
        .forEach((name, file) -> table.row(name, file.bytes() + " bytes, " + shown(file.sha256())));
    table.print(console, "");
  }

  private static String shown(String hash) {
    return hash.substring(0, Math.min(HASH_SHOWN, hash.length())) + "…";
  }

  private static String metrics(VersionFacts facts) {
    return facts.metrics().entrySet().stream()
        .map(metric -> metric.getKey() + " " + metric.getValue())
        .collect(Collectors.joining(", "));
  }

  private static Map<String, Object> fields(PublishedPack version) {
    Map<String, Object> fields = new LinkedHashMap<>(fields(version.facts()));
    fields.put("aliases", version.aliases());
    fields.put("retired", version.retired());
    fields.put("key", version.key().orElse(null));
    return fields;
  }

  static Map<String, Object> fields(Object facts) {
    return new ObjectMapper().convertValue(facts, new TypeReference<Map<String, Object>>() {});
  }
}
