// Reads what botpass mints with go-spiffe: accepts it as it is, and refuses it with a byte flipped.
package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spiffe/go-spiffe/v2/bundle/spiffebundle"
	"github.com/spiffe/go-spiffe/v2/spiffeid"
	"github.com/spiffe/go-spiffe/v2/svid/jwtsvid"
	"github.com/spiffe/go-spiffe/v2/svid/x509svid"
)

const flips = 64

func must(err error, what string) {
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", what, err)
		os.Exit(1)
	}
}

func read(dir, name string) []byte {
	data, err := os.ReadFile(filepath.Join(dir, name))
	must(err, name)
	return data
}

func main() {
	dir := os.Args[1]
	seed, err := strconv.ParseInt(os.Args[2], 10, 64)
	must(err, "seed")
	random := rand.New(rand.NewSource(seed))
	trustDomain := spiffeid.RequireTrustDomainFromString("example.org")
	bundle, err := spiffebundle.Parse(trustDomain, read(dir, "bundle.jwks"))
	must(err, "bundle")

	svid, err := x509svid.Parse(read(dir, "svid.pem"), read(dir, "key.pem"))
	must(err, "svid with key")
	_, _, err = x509svid.Verify(svid.Certificates, bundle)
	must(err, "svid")
	token := strings.TrimSpace(string(read(dir, "token.txt")))
	_, err = jwtsvid.ParseAndValidate(token, bundle, []string{"reports"})
	must(err, "token")

	block, _ := pem.Decode(read(dir, "svid.pem"))
	refused := 0
	for i := 0; i < flips; i++ {
		der := append([]byte(nil), block.Bytes...)
		der[random.Intn(len(der))] ^= 1
		certificate, err := x509.ParseCertificate(der)
		if err == nil {
			_, _, err = x509svid.Verify([]*x509.Certificate{certificate}, bundle)
		}
		if err != nil {
			refused++
		}
		text := []byte(token)
		// The last character of each part may hold bits that stand for nothing: leave them out.
		at := random.Intn(len(text) - 1)
		for text[at+1] == '.' {
			at = random.Intn(len(text) - 1)
		}
		text[at] ^= 1
		if _, err := jwtsvid.ParseAndValidate(string(text), bundle, []string{"reports"}); err != nil {
			refused++
		}
	}
	fmt.Printf("accepted 2, refused %d\n", refused)
}
