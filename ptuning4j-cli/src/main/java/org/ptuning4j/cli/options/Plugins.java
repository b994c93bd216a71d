package org.ptuning4j.cli.options;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ptuning4j.FailureReason;
import org.ptuning4j.InvalidInputException;

/**
 * Jars with methods, tasks, heads and families of one's own: those that the environment variable
 * {@link #VARIABLE} names, jars or folders of jars, separated as on a class path.
 */
public final class Plugins {

  /** The environment variable. */
  public static final String VARIABLE = "PTUNE_PLUGINS";

  private Plugins() {}

  /**
   * The jars of a list.
   *
   * @param list the value of the variable
   * @throws InvalidInputException if an entry does not exist, or a folder holds no jar
   */
  public static List<Path> jars(String list) {
    List<Path> jars = new ArrayList<>();
    for (String entry : list.split(Pattern.quote(File.pathSeparator), -1)) {
      if (!entry.isBlank()) {
        jars.addAll(of(Path.of(entry.strip())));
      }
    }
    return jars;
  }

  private static List<Path> of(Path entry) {
    if (Files.isRegularFile(entry)) {
      return List.of(entry);
    }
    if (!Files.isDirectory(entry)) {
      throw InvalidInputException.of(
          "%s: %s does not exist; name jars, or folders that hold them", VARIABLE, entry);
    }
    try (Stream<Path> files = Files.list(entry)) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      if (jars.isEmpty()) {
        throw InvalidInputException.of("%s: %s holds no jar", VARIABLE, entry);
      }
      return jars;
    } catch (IOException e) {
      throw new InvalidInputException(
          VARIABLE + ": " + entry + " cannot be read (" + FailureReason.of(e) + ")", e);
    }
  }

  /**
   * Makes the classes of jars known to this process: what is looked for as a service is found in
   * them, too.
   */
  public static void open(List<Path> jars) {
    if (jars.isEmpty()) {
      return;
    }
    URL[] urls = jars.stream().map(Plugins::url).toArray(URL[]::new);
    Thread.currentThread()
        .setContextClassLoader(new URLClassLoader("plugins", urls, Plugins.class.getClassLoader()));
  }

  private static URL url(Path jar) {
    try {
      return jar.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("every file has a URL", e);
    }
  }
}
