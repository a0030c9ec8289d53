// Verify checks a log of Kiroku with code that nobody of Kiroku wrote: golang.org/x/mod/sumdb, which is what Go itself
// trusts its modules with. It reads a log's published directory and nothing else.
//
//	apt-get install golang-go golang-golang-x-mod-dev
//	GO111MODULE=off GOPATH=/usr/share/gocode go build -o verify test/third-party/verify.go
//	./verify -log DIR -key VERIFIER-KEY [-earlier CHECKPOINT]... [-witness VERIFIER-KEY]... [-proof FILE]...
//
// It checks the checkpoint's signature; every entry, by computing the root from the entries alone; every tile, byte for
// byte; inclusion proofs from the tiles; consistency with each earlier checkpoint; witnesses' cosignatures on the
// cosigned checkpoint; and C2SP tlog-proofs that carry their entry. It exits 0 when all of it holds.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// Above so many entries not every inclusion proof is made, but every stride-th: the root covers every entry anyway.
const (
	everyProof = 2000
	stride     = 997
)

type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

func main() {
	var earlier, witnesses, proofs list
	dir := flag.String("log", "", "the log's directory")
	key := flag.String("key", "", "the log's verifier key")
	flag.Var(&earlier, "earlier", "a checkpoint that was seen earlier")
	flag.Var(&witnesses, "witness", "the verifier key of a witness that must have cosigned")
	flag.Var(&proofs, "proof", "a proof of the log")
	flag.Parse()
	verifier, err := note.NewVerifier(*key)
	must("the key", err)

	tree := open("checkpoint", read(*dir, "checkpoint"), verifier)
	entries := readEntries(*dir, tree.N)
	hashes := checkRoot(tree, entries)
	checkTiles(*dir, tree, hashes)
	tiles := tlog.TileHashReader(tree, directory(*dir))
	checkInclusion(tree, entries, tiles)
	for _, file := range earlier {
		checkConsistency(tree, open(file, read("", file), verifier), file, tiles)
	}
	for _, witness := range witnesses {
		checkCosigned(*dir, tree, verifier, witness, tiles)
	}
	for _, file := range proofs {
		checkProof(file, verifier)
	}
	fmt.Printf("%s: %d entries, root %v: everything holds\n", verifier.Name(), tree.N, tree.Hash)
}

func must(what string, err error) {
	if err != nil {
		fail("%s: %v", what, err)
	}
}

func fail(format string, args ...interface{}) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

func read(dir, path string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, path))
	must("read", err)
	return data
}

// open verifies a checkpoint's signatures, all of those whose keys are given, and reads its three lines.
func open(place string, msg []byte, verifiers ...note.Verifier) tlog.Tree {
	opened, err := note.Open(msg, note.VerifierList(verifiers...))
	must(place, err)
	if len(opened.Sigs) != len(verifiers) {
		fail("%s: signed by %d of %d keys", place, len(opened.Sigs), len(verifiers))
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifiers[0].Name() || lines[3] != "" {
		fail("%s: not a checkpoint of %s", place, verifiers[0].Name())
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(place, err)
	root, err := tlog.ParseHash(lines[2])
	must(place, err)
	return tlog.Tree{N: size, Hash: root}
}

// path maps x/mod's path of a tile, tile/8/L/N, to that of C2SP tlog-tiles, tile/L/N, and its data tiles to bundles.
func path(tile tlog.Tile) string {
	mapped := strings.TrimPrefix(tile.Path(), "tile/"+strconv.Itoa(height)+"/")
	return "tile/" + strings.Replace(mapped, "data/", "entries/", 1)
}

func readEntries(dir string, size int64) [][]byte {
	entries := [][]byte{}
	for n := int64(0); n*256 < size; n++ {
		width := 256
		if rest := size - n*256; rest < 256 {
			width = int(rest)
		}
		name := path(tlog.Tile{H: height, L: -1, N: n, W: width})
		data := read(dir, name)
		for i := 0; i < width; i++ {
			if len(data) < 2 || len(data) < 2+int(binary.BigEndian.Uint16(data)) {
				fail("%s: entry %d is cut off", name, n*256+int64(i))
			}
			end := 2 + int(binary.BigEndian.Uint16(data))
			entries = append(entries, data[2:end])
			data = data[end:]
		}
		if len(data) != 0 {
			fail("%s: bytes follow the last entry", name)
		}
	}
	return entries
}

// memory holds the hashes of all complete subtrees, as computed from the entries.
type memory []tlog.Hash

func (m memory) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		if index >= int64(len(m)) {
			return nil, fmt.Errorf("no hash %d", index)
		}
		hashes[i] = m[index]
	}
	return hashes, nil
}

func checkRoot(tree tlog.Tree, entries [][]byte) memory {
	hashes := memory{}
	for n, entry := range entries {
		more, err := tlog.StoredHashes(int64(n), entry, hashes)
		must("hashing", err)
		hashes = append(hashes, more...)
	}
	root := tlog.Hash(sha256.Sum256(nil))
	if tree.N > 0 {
		var err error
		root, err = tlog.TreeHash(tree.N, hashes)
		must("root", err)
	}
	if root != tree.Hash {
		fail("checkpoint: its root is %v, the entries' is %v", tree.Hash, root)
	}
	return hashes
}

func checkTiles(dir string, tree tlog.Tree, hashes memory) {
	tiles := tlog.NewTiles(height, 0, tree.N)
	for i, tile := range tiles {
		// x/mod lists a partial tile in every width that it ever had; the tree has the widest.
		if i+1 < len(tiles) && tiles[i+1].L == tile.L && tiles[i+1].N == tile.N {
			continue
		}
		want, err := tlog.ReadTileData(tile, hashes)
		must("tile", err)
		if !bytes.Equal(read(dir, path(tile)), want) {
			fail("%s: not the hashes of the entries", path(tile))
		}
	}
}

// directory reads tiles for x/mod's reader, which holds each against the root.
type directory string

func (d directory) Height() int                         { return height }
func (d directory) SaveTiles(_ []tlog.Tile, _ [][]byte) {}
func (d directory) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if data[i], err = os.ReadFile(filepath.Join(string(d), path(tile))); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func checkInclusion(tree tlog.Tree, entries [][]byte, tiles tlog.HashReader) {
	step := int64(1)
	if tree.N > everyProof {
		step = stride
	}
	for n := int64(0); n < tree.N; n += step {
		proof, err := tlog.ProveRecord(tree.N, n, tiles)
		must("inclusion", err)
		must(fmt.Sprintf("entry %d", n), tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entries[n])))
	}
}

func checkConsistency(tree, old tlog.Tree, place string, tiles tlog.HashReader) {
	if old.N > tree.N {
		fail("%s: of %d entries, the log has %d: its tail was cut off", place, old.N, tree.N)
	}
	if old.N == 0 {
		return
	}
	proof, err := tlog.ProveTree(tree.N, old.N, tiles)
	must(place, err)
	must(place+": the log was rewritten", tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash))
}

// cosigner verifies the Ed25519 cosignatures of C2SP tlog-cosignature, which x/mod does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (c cosigner) Name() string    { return c.name }
func (c cosigner) KeyHash() uint32 { return c.hash }
func (c cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	header := fmt.Sprintf("cosignature/v1\ntime %d\n", binary.BigEndian.Uint64(sig))
	return ed25519.Verify(c.key, append([]byte(header), msg...), sig[8:])
}

func newCosigner(vkey string) cosigner {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		fail("the witness's key: not a verifier key")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	must("the witness's key", err)
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	hash := binary.BigEndian.Uint32(sum[:])
	if len(key) != 1+ed25519.PublicKeySize || key[0] != 4 || fmt.Sprintf("%08x", hash) != parts[1] {
		fail("the witness's key: not an Ed25519 cosigner's")
	}
	return cosigner{parts[0], hash, key[1:]}
}

func checkCosigned(dir string, tree tlog.Tree, log note.Verifier, witness string, tiles tlog.HashReader) {
	const name = "checkpoint.cosigned"
	checkConsistency(tree, open(name, read(dir, name), log, newCosigner(witness)), name, tiles)
}

// checkProof verifies a C2SP tlog-proof with its entry in the extra line; it needs nothing of the log's directory.
func checkProof(file string, verifier note.Verifier) {
	parts := strings.SplitN(string(read("", file)), "\n\n", 2)
	lines := strings.Split(parts[0], "\n")
	if len(parts) != 2 || len(lines) < 3 || lines[0] != "c2sp.org/tlog-proof@v1" || !strings.HasPrefix(lines[1], "extra ") {
		fail("%s: not a proof with its entry", file)
	}
	entry, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(lines[1], "extra "))
	must(file, err)
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[2], "index "), 10, 64)
	must(file, err)
	proof := tlog.RecordProof{}
	for _, line := range lines[3:] {
		hash, err := tlog.ParseHash(line)
		must(file, err)
		proof = append(proof, hash)
	}
	tree := open(file, []byte(parts[1]), verifier)
	must(file, tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)))
}
