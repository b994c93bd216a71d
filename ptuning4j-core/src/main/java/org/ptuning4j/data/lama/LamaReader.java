package org.ptuning4j.data.lama;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ptuning4j.Excerpt;
import org.ptuning4j.InvalidInputException;
import org.ptuning4j.data.Examples;
import org.ptuning4j.data.RecordFields;
import org.ptuning4j.data.Row;
import org.ptuning4j.data.input.FileFormat;
import org.ptuning4j.data.input.InputFile;
import org.ptuning4j.data.table.ExampleCollector;
import org.ptuning4j.data.table.Table;
import org.ptuning4j.data.table.TableReader;
import org.ptuning4j.data.value.NormalText;

/**
 * Reads the facts and relations of LAMA. Each relation has its own JSONL file, called after it
 * ({@code P17.jsonl}), with {@code {"sub_label", "obj_label"}} a line; other fields are passed
 * over, but for {@code predicate_id}, which must agree. A file {@code relations.jsonl} describes
 * the relations: {@code {"relation", "template", "label"}}.
 */
public final class LamaReader {

  private static final String RELATIONS = "relations";
  private static final Pattern DATA_FILE = Pattern.compile("(.+)\\.jsonl(\\.gz)?");
  private static final Pattern WIKIDATA_ID = Pattern.compile("P\\d+");

  /**
   * Reads the facts of one relation, whose identifier is the file's name. Where that is no Wikidata
   * identifier ({@code P} and digits) but a row has a {@code predicate_id}, the row's is taken:
   * some collections have a folder a relation, with {@code train.jsonl} in it.
   *
   * @throws InvalidInputException as {@link TableReader#read(InputFile)}
   */
  public Examples<Fact> read(InputFile file) {
    String named = relationOf(file.path());
    return ExampleCollector.fromJson(
        file,
        (row, collector) -> collector.take(row.source(), "", () -> List.of(fact(row, named))));
  }

  /** The same of a file in UTF-8. */
  public Examples<Fact> read(Path file) {
    return read(InputFile.of(file));
  }

  /**
   * Reads the facts of every relation in a folder.
   *
   * @return the facts by relation, in the order of the relations' numbers
   * @throws InvalidInputException where the folder is missing, unreadable or holds no relation's
   *     file, two files have the same relation, or as {@link #read(Path)}
   */
  public Map<String, Examples<Fact>> readFolder(Path folder) {
    Map<String, Examples<Fact>> facts = new LinkedHashMap<>();
    for (Path file : relationFiles(folder)) {
      Examples<Fact> earlier = facts.put(relationOf(file), read(file));
      if (earlier != null) {
        throw InvalidInputException.of(
            "%s and %s are of the same relation", earlier.file(), file.getFileName());
      }
    }
    return Collections.unmodifiableMap(facts);
  }

  /**
   * Reads a file of relations.
   *
   * @return the relations by identifier, in the file's order
   * @throws InvalidInputException naming file and line, where one is not usable or repeated
   */
  public Map<String, Relation> readRelations(Path file) {
    Table table = new TableReader().read(file, FileFormat.JSONL);
    if (!table.badRows().isEmpty()) {
      throw new InvalidInputException(file + ", " + table.badRows().get(0));
    }
    Map<String, Relation> relations = new LinkedHashMap<>();
    for (Row row : table.rows()) {
      try {
        Relation relation = relation(RecordFields.of(row));
        if (relations.put(relation.id(), relation) != null) {
          throw InvalidInputException.of("relation %s is described already", relation.id());
        }
      } catch (InvalidInputException e) {
        throw e.in(file + ", line " + row.line());
      }
    }
    return Collections.unmodifiableMap(relations);
  }

  private static Relation relation(RecordFields fields) {
    return new Relation(
        fields.text("relation"),
        fields.text("template"),
        fields.has("label") ? fields.string("label") : "");
  }

  private static Fact fact(Row row, String named) {
    RecordFields fields = RecordFields.of(row);
    String relation = fields.has("predicate_id") ? fields.text("predicate_id") : named;
    if (!relation.equals(named) && WIKIDATA_ID.matcher(named).matches()) {
      throw InvalidInputException.of(
          "'predicate_id' is %s in the file of %s", Excerpt.of(relation), named);
    }
    return new Fact(
        row.source(), relation, fields.text("sub_label"), NormalText.of(fields.text("obj_label")));
  }

  private static String relationOf(Path file) {
    Matcher name = DATA_FILE.matcher(file.getFileName().toString());
    if (!name.matches()) {
      throw InvalidInputException.of(
          "%s: the file's name must be its relation's and .jsonl, such as P17.jsonl", file);
    }
    return name.group(1);
  }

  private static List<Path> relationFiles(Path folder) {
    if (!Files.isDirectory(folder)) {
      throw InvalidInputException.of(
          "%s %s", folder, Files.exists(folder) ? "is no folder" : "does not exist");
    }
    List<Path> files = new ArrayList<>();
    try (Stream<Path> entries = Files.list(folder)) {
      entries
          .filter(path -> DATA_FILE.matcher(path.getFileName().toString()).matches())
          .filter(path -> Files.isRegularFile(path) && !relationOf(path).equals(RELATIONS))
          .forEach(files::add);
    } catch (IOException e) {
      throw new InvalidInputException(folder + " cannot be listed: " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw InvalidInputException.of("%s holds no relation's file, such as P17.jsonl", folder);
    }
    // P17 before P101: names of the same length in their own order, short ones first.
    files.sort(
        Comparator.<Path>comparingInt(path -> relationOf(path).length())
            .thenComparing(path -> path.getFileName().toString()));
    return files;
  }
}
