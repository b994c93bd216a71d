package org.ptuning4j.cli.options;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/**
 * The option that names a file of options. {@link ConfigFile} reads it, before the command line is
 * parsed.
 */
public final class ConfigOption {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A YAML file with any of these options by their names; the command line wins over it.")
  Path config;
}
