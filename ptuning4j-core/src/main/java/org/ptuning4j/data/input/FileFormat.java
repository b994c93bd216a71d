package org.ptuning4j.data.input;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.Spelling;

/** How an input is written. */
public enum FileFormat {
  /** Told from the content, and where that says nothing from the name. */
  AUTO("auto"),
  /**
   * JSON objects, each a record: one a line, in a list, in the list of an object such as {@code
   * {"data": […]}}, or one after the other.
   */
  JSONL("jsonl", "json", "ndjson"),
  /**
   * Comma-separated values with a header, quoted as in RFC 4180; a value may span lines. Commas may
   * be another sign.
   */
  CSV("csv"),
  /**
   * Tab-separated values with a header and no quoting, as GLUE writes them: {@code "} is a
   * character like any other.
   */
  TSV("tsv", "tab"),
  /** One text a line, to predict on. */
  TEXT("text", "txt"),
  /** One word a line with its columns, as in the CoNLL shared tasks on entities. */
  CONLL("conll", "bio", "iob", "iob2", "bioes"),
  /** Semantic roles in the columns of CoNLL-2005. */
  CONLL05("conll05"),
  /** Semantic roles in the columns of CoNLL-2012. */
  CONLL12("conll12"),
  /** Questions on passages, as SQuAD nests them. */
  SQUAD("squad"),
  /** SuperGLUE's MultiRC. */
  MULTIRC("multirc"),
  /** SuperGLUE's ReCoRD. */
  RECORD("record");

  /** A bracket alone could be a word. */
  private static final Pattern JSON = Pattern.compile("\\{\\s*([\"'}]|$)|\\[\\s*([{\\[\"\\]]|$)");

  private final String label;

  /** Other names for it, endings of files among them, between commas. */
  private final String names;

  FileFormat(String label, String... others) {
    this.label = label;
    this.names = "," + label + "," + String.join(",", others) + ",";
  }

  private boolean isCalled(String name) {
    return !name.isEmpty() && names.contains("," + name + ",");
  }

  /** As it is written in settings. */
  public String label() {
    return label;
  }

  /**
   * The format of that name, in capitals or not.
   *
   * @throws InvalidInputException where there is none
   */
  public static FileFormat parse(String name) {
    String wanted = name.strip().toLowerCase(Locale.ROOT);
    for (FileFormat format : values()) {
      if (format.isCalled(wanted)) {
        return format;
      }
    }
    List<String> known = Arrays.stream(values()).map(FileFormat::label).toList();
    throw InvalidInputException.of(
        "format: '%s' is not one of %s%s",
        name,
        String.join(", ", known),
        Spelling.closest(wanted, known).map(near -> "; did you mean '" + near + "'?").orElse(""));
  }

  /** Whether it is a table of named columns. */
  public boolean isTable() {
    return this == JSONL || this == CSV || this == TSV;
  }

  /** The format that a file name such as {@code train.jsonl} or {@code dev.tsv.gz} implies. */
  public static Optional<FileFormat> fromName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String plain = lower.endsWith(".gz") ? lower.substring(0, lower.length() - 3) : lower;
    String extension = plain.substring(plain.lastIndexOf('.') + 1);
    return plain.indexOf('.') < 0
        ? Optional.empty()
        : Arrays.stream(values())
            .filter(format -> format != AUTO && format.isCalled(extension))
            .findFirst();
  }

  /** Whether a first line begins JSON with an object, or with a list of objects, lists or texts. */
  public static boolean isJson(String firstLine) {
    return JSON.matcher(firstLine.strip()).lookingAt();
  }

  /**
   * The table that a beginning looks like: JSON by its bracket; else by the sign that the first
   * line has, a tab or a comma, or by the name where it has both or neither.
   */
  public static Optional<FileFormat> tableOf(String firstLine, String name) {
    String line = firstLine.strip();
    Optional<FileFormat> named = fromName(name).filter(FileFormat::isTable);
    if (isJson(line)) {
      return Optional.of(JSONL);
    }
    if (named.filter(format -> format == JSONL).isPresent()) {
      return named;
    }
    boolean tab = line.contains("\t");
    boolean comma = line.contains(",") || line.startsWith("sep=");
    if (tab != comma) {
      return Optional.of(tab ? TSV : CSV);
    }
    return named.or(() -> tab ? Optional.of(TSV) : Optional.empty());
  }

  /** The labels of some formats, for messages. */
  public static String labels(List<FileFormat> formats) {
    return formats.stream().map(FileFormat::label).collect(Collectors.joining(", "));
  }
}
