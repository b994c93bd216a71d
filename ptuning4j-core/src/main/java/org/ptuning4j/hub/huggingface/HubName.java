package org.ptuning4j.hub.huggingface;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.ptuning4j.InvalidInputException;

/**
 * A model of the hub: {@code owner/name}, with {@code @revision} for another than the main one.
 *
 * @param owner the person or organisation
 * @param name the model's own name
 * @param revision a branch, a tag or a commit
 */
public record HubName(String owner, String name, String revision) {

  /** The branch that is meant where none is named. */
  public static final String MAIN = "main";

  private static final Pattern WORD =
      Pattern.compile("[A-Za-z0-9_]|[A-Za-z0-9_][\\w.-]*[A-Za-z0-9_]");
  private static final Pattern FORM =
      Pattern.compile("([A-Za-z0-9_][\\w.-]*)/([A-Za-z0-9_][\\w.-]*)(?:@(.*))?");
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9_][\\w.+/-]*");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");
  private static final int LONGEST = 96;

  /**
   * Refuses what the hub does not allow in names.
   *
   * @throws InvalidInputException if a part is not allowed; the message says what is
   */
  public HubName {
    String both = owner + "/" + name;
    if (!areAllowed(owner, name)) {
      throw InvalidInputException.of(
          "model: '%s' cannot be the name of a model on the hub; both parts consist of letters,"
              + " digits, '-', '_' and '.', at most %d in all, without '--' and '..', and neither"
              + " begin nor end with '-' or '.'",
          both, LONGEST);
    }
    boolean safe =
        REVISION.matcher(revision).matches()
            && Arrays.stream(revision.split("/", -1))
                .noneMatch(part -> part.isEmpty() || part.startsWith(".") || part.endsWith("."));
    if (!safe) {
      throw InvalidInputException.of(
          "model: '%s' cannot be a revision; give a branch, a tag or a commit, as in %s@%s",
          revision, both, MAIN);
    }
  }

  private static boolean areAllowed(String owner, String name) {
    String both = owner + "/" + name;
    return WORD.matcher(owner).matches()
        && WORD.matcher(name).matches()
        && both.length() <= LONGEST
        && !both.contains("--")
        && !both.contains("..")
        && !name.endsWith(".git");
  }

  /**
   * Reads {@code owner/name} or {@code owner/name@revision}.
   *
   * @return empty for anything of another form, such as a path of more parts
   * @throws InvalidInputException if it has the form, and a part is not allowed
   */
  public static Optional<HubName> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    String revision = matcher.group(3) == null ? MAIN : matcher.group(3);
    return Optional.of(new HubName(matcher.group(1), matcher.group(2), revision));
  }

  /** The model, at its commit, whose folder in a cache this is; empty for other folders. */
  public static Optional<HubName> ofSnapshot(Path folder) {
    Path snapshots = folder.getParent();
    boolean form =
        snapshots != null && snapshots.endsWith("snapshots") && snapshots.getNameCount() > 1;
    String commit = form ? folder.getFileName().toString() : "";
    return isCommit(commit)
        ? ofRepository(snapshots.getParent()).map(model -> model.at(commit))
        : Optional.empty();
  }

  /** The model all of whose files are in a folder of a cache. */
  static Optional<HubName> ofRepository(Path folder) {
    String[] parts = folder.getFileName().toString().split("--", -1);
    boolean form = parts.length == 3 && parts[0].equals("models");
    return form && areAllowed(parts[1], parts[2])
        ? Optional.of(new HubName(parts[1], parts[2], MAIN))
        : Optional.empty();
  }

  /** {@code owner/name}. */
  public String repository() {
    return owner + "/" + name;
  }

  /** The same model at another revision. */
  public HubName at(String other) {
    return new HubName(owner, name, other);
  }

  /** Whether the revision is a commit, which never changes. */
  public boolean isPinned() {
    return isCommit(revision);
  }

  /** Whether a text is the full hash of a commit. */
  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /** {@code owner/name@revision}. */
  @Override
  public String toString() {
    return repository() + "@" + revision;
  }
}
