package org.ptuning4j.registry;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ptuning4j.InvalidInputException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes a purged version's objects that no other version has. Somebody may publish the same files
 * at the same time: who does so looks after the publication whether all are there, and this looks
 * after the deletion whether one of them is wanted by now, and puts it back. One of the two comes
 * after the other.
 *
 * @param store where objects are
 * @param mirror which still has the version's files
 * @param events all that has happened, the purge included
 */
record BucketPurge(ObjectStore store, Registry mirror, List<RegistryEvent> events) {

  private static final Logger LOG = LoggerFactory.getLogger(BucketPurge.class);

  /** Deletes what only this version needs; what cannot be told is left. */
  void delete(RegistryEvent purge) {
    Optional<RegistryEvent> published =
        events.stream()
            .filter(event -> event.action() == RegistryEvent.Action.PUBLISH)
            .filter(event -> event.name().equals(purge.name()))
            .filter(event -> event.version() == purge.version())
            .findFirst();
    try {
      Map<String, Path> own = new LinkedHashMap<>();
      published.ifPresent(event -> own.putAll(files(event)));
      Set<String> others = new HashSet<>();
      events.stream()
          .filter(event -> event.action() == RegistryEvent.Action.PUBLISH)
          .filter(event -> !isPurged(event))
          .forEach(event -> others.addAll(files(event).keySet()));
      own.keySet().removeAll(others);
      own.keySet().forEach(store::delete);
      restore(own);
    } catch (InvalidInputException e) {
      LOG.warn("Objects of {}@{} stay: {}", purge.name(), purge.version(), e.getMessage());
    }
  }

  private boolean isPurged(RegistryEvent published) {
    return events.stream()
        .filter(event -> event.action() == RegistryEvent.Action.PURGE)
        .anyMatch(
            event ->
                event.name().equals(published.name()) && event.version() == published.version());
  }

  /** The objects of a version, with their files in the mirror. */
  private Map<String, Path> files(RegistryEvent published) {
    VersionFolder version = new VersionFolder(mirror.place(published.name(), published.version()));
    Map<String, Path> files = new LinkedHashMap<>();
    version
        .facts(published.digest())
        .files()
        .forEach(
            (name, file) ->
                files.put(BucketRegistry.OBJECTS + file.sha256(), version.folder().resolve(name)));
    files.put(
        BucketRegistry.OBJECTS + published.digest(),
        version.folder().resolve(RegistryFiles.VERSION));
    if (published.key() != null) {
      files.put(
          BucketRegistry.SIGNATURES + published.digest(),
          version.folder().resolve(RegistryFiles.SIGNATURE));
    }
    return files;
  }

  /** Puts back what a version has that was published since. */
  private void restore(Map<String, Path> deleted) {
    String log = store.get(BucketRegistry.HISTORY).map(ObjectStore.Stored::content).orElse("");
    List<RegistryEvent> now = History.events(log, store.place());
    for (RegistryEvent event : now.subList(Math.min(events.size(), now.size()), now.size())) {
      if (event.action() == RegistryEvent.Action.PUBLISH) {
        store
            .get(BucketRegistry.OBJECTS + event.digest())
            .map(page -> facts(event, page))
            .ifPresent(facts -> facts.files().values().forEach(file -> restore(file, deleted)));
      }
    }
  }

  private VersionFacts facts(RegistryEvent event, ObjectStore.Stored page) {
    byte[] content = page.content().getBytes(StandardCharsets.UTF_8);
    return RegistryJson.read(content, VersionFacts.class, event.name() + "@" + event.version());
  }

  private void restore(VersionFacts.FileFacts file, Map<String, Path> deleted) {
    String key = BucketRegistry.OBJECTS + file.sha256();
    if (deleted.containsKey(key) && store.tag(key).isEmpty()) {
      store.create(key, deleted.get(key));
    }
  }
}
